import * as tf from "@tensorflow/tfjs";
import type { ForwardResult } from "../architecture.ts";
import type { ForwardContext } from "../layers/mod.ts";
import { type GraphPart, inputId, type ModelGraph } from "./part.ts";

type Inputs = Readonly<Record<string, tf.Tensor>>;

/**
 * Computes the outputs of `tasks` and nothing that they do not need. Tasks that read different
 * inputs are computed one input after the other. The caller owns the result.
 */
export function forwardGraph(
  graph: ModelGraph,
  inputs: Inputs,
  tasks: readonly string[],
  context: ForwardContext,
): ForwardResult {
  return tf.tidy(() => {
    const passes = passesOf(graph, inputs, tasks, context);
    const outputs: Record<string, tf.Tensor> = {};
    const given = new Set<tf.Tensor>();
    for (const pass of passes) {
      for (const task of pass.tasks) {
        const value = pass.value(graph.outputs.get(task)!);
        // Tasks may have one output in common; the caller disposes each.
        outputs[task] = given.has(value) ? value.clone() : value;
        given.add(value);
      }
    }
    // With several inputs there is no one tensor that all heads read.
    const representation = graph.representation !== undefined && passes.length === 1
      ? passes[0].value(graph.representation)
      : undefined;
    const penalty = context.training && graph.penalty
      ? meanOf(passes.map((pass) => graph.penalty!(pass)))
      : undefined;
    return {
      // In the order asked for.
      outputs: Object.fromEntries(tasks.map((task) => [task, outputs[task]])),
      ...representation && { representation },
      ...penalty && { penalty },
    };
  });
}

/** One pass for each input that the tasks read; to be called within `tf.tidy`. */
export function passesOf(
  graph: ModelGraph,
  inputs: Inputs,
  tasks: readonly string[],
  context: ForwardContext,
): GraphPass[] {
  const byInput = new Map<string, string[]>();
  for (const task of tasks) {
    const input = graph.source.inputOf(task, inputs);
    byInput.set(input, [...byInput.get(input) ?? [], task]);
  }
  return [...byInput].map(([input, names]) => new GraphPass(graph, input, inputs, names, context));
}

/** The values of one pass, each computed once, when it is asked for. */
export class GraphPass {
  readonly #parts: ReadonlyMap<string, GraphPart>;
  readonly #values = new Map<string, tf.Tensor>();
  readonly #entry: string;
  readonly #source: string;

  /** One pass over `inputs[input]`, which is kept, for `tasks` that read that input. */
  constructor(
    graph: ModelGraph,
    input: string,
    inputs: Inputs,
    readonly tasks: readonly string[],
    readonly run: ForwardContext,
  ) {
    this.#parts = new Map(graph.parts.map((part) => [part.id, part]));
    this.#values.set(inputId(input), inputs[input]);
    this.#source = graph.source.id;
    this.#entry = graph.source.entries.get(input)!;
  }

  /** The value of a part. It lives as long as the scope around the pass. */
  value(id: string): tf.Tensor {
    const at = id === this.#source ? this.#entry : id;
    const known = this.#values.get(at);
    if (known) return known;
    const part = this.#parts.get(at);
    if (!part) throw new Error(`The model has no part "${at}" in this pass.`);
    const value = part.apply(part.from.map((from) => this.value(from)), this.run);
    this.#values.set(at, value);
    return value;
  }

  /** The values that a part reads. */
  inputsOf(part: GraphPart): tf.Tensor[] {
    return part.from.map((from) => this.value(from));
  }
}

function meanOf(terms: readonly tf.Scalar[]): tf.Scalar {
  return terms.length === 1 ? terms[0] : tf.addN([...terms]).div(terms.length);
}
