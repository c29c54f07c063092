import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { GraphBuilder, GraphNode, GraphPart, TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import type { VariableScope } from "../variable_scope.ts";
import { checkCounts, type Expert } from "./_experts.ts";
import { asRows, mixPerExample, sizeOf } from "./_gate.ts";
import { mixtureArchitecture, type MixtureSettings } from "./_mixture.ts";
import { times } from "./_weighted_sum.ts";
import {
  digitsFor,
  mixSelectors,
  selectorEntropy,
  selectorWeights,
  unreachable,
} from "./_selectors.ts";

/** How {@linkcode dselectK} selects experts. */
export interface SelectionSettings {
  /** Selectors k: most experts that a task uses, from 1. Default 2. */
  readonly selectors?: number;
  /** Whether each example selects experts for itself. Default false: a task selects once for all. */
  readonly perExample?: boolean;
  /** Width γ of the smooth step, above 0. Default 1. */
  readonly gamma?: number;
  /** Strength of the entropy of the selectors, from 0: it drives each to one expert. Default 1e-6. */
  readonly entropy?: number;
  /**
   * Strength, from 0, of the term that keeps selectors off binary numbers without an expert; in use
   * when the number of experts is no power of 2. Default 1.
   */
  readonly reach?: number;
}

/** Settings of {@linkcode dselectK}. */
export type DselectKOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & Pick<MixtureSettings, "experts">
  & SelectionSettings;

/**
 * DSelect-k (Hazimeh et al., NeurIPS 2021): as {@linkcode mmoe}, but the gate of a task selects at
 * most k experts, and can be trained by gradients all the same. Selector i has m = ⌈log2 experts⌉
 * numbers z_ij; the smooth step S makes each a binary digit, and expert e with digits b_j gets
 *
 * w_e = Σ_i softmax(a)_i Π_j S(z_ij)^b_j (1 - S(z_ij))^(1 - b_j)
 *
 * S is exactly 0 or 1 beyond ±γ/2, so that weights become exactly 0; a network cut down to one task
 * leaves these experts out (not with `perExample`). z and a are numbers of the task, or linear in
 * what the experts read (`perExample`; of texts the mean of the words). z starts uniform in ±γ/100.
 *
 * Experts are shared; selectors and head belong to the task. Training adds, for each task of a batch,
 * `entropy` times the entropies of its selectors and, unless the number of experts is a power of 2,
 * `reach` times Σ_i 1 / (share of selector i that falls on experts); means over the batch with
 * `perExample`. The weights on experts are not divided by that share, as in the paper.
 *
 * ```ts
 * import { binary, dselectK, encoders } from "polytask";
 * const model = dselectK({
 *   encoder: encoders.mlp({ units: [16] }),
 *   experts: { count: 8 },
 *   selectors: 2,
 *   entropy: 0.01,
 *   tasks: [binary("income"), binary("married")],
 * });
 * ```
 * @throws {RangeError} When a count is not a whole number from 1, or a strength is out of range.
 */
export function dselectK<const Tasks extends readonly Task[], Input extends string>(
  options: DselectKOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(dselectKArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode dselectK}. */
export function dselectKArchitecture(settings: MixtureSettings & SelectionSettings): Architecture {
  const selection = selectionOf(settings);
  return mixtureArchitecture({
    name: "DSelect-k",
    called: "dselectK",
    settings,
    others: { ...selection },
    gates(graph, selector, experts) {
      for (const task of graph.tasks) {
        graph.head(task, selectingGate(graph, task.name, selector, experts, selection));
      }
    },
  });
}

function selectionOf(settings: SelectionSettings): Required<SelectionSettings> {
  const { selectors = 2, perExample = false, gamma = 1, entropy = 1e-6, reach = 1 } = settings;
  checkCounts("dselectK", { selectors }, 1);
  if (!(gamma > 0)) throw new RangeError(`dselectK: gamma must be above 0, but is ${gamma}.`);
  for (const [name, value] of Object.entries({ entropy, reach })) {
    if (!(value >= 0)) throw new RangeError(`dselectK: ${name} must be from 0, but is ${value}.`);
  }
  return { selectors, perExample, gamma, entropy, reach };
}

/** What the selectors of a gate say, from the values that it reads. */
interface Selection {
  /** `[examples, selectors, experts]`; one example for all where the selectors are numbers. */
  readonly choices: tf.Tensor;
  /** `[examples, experts]` */
  readonly weights: tf.Tensor2D;
}

function selectingGate(
  graph: GraphBuilder,
  task: string,
  selector: GraphNode,
  experts: readonly Expert[],
  settings: Required<SelectionSettings>,
): GraphNode {
  const { selectors, perExample, entropy, reach } = settings;
  const read = perExample ? [selector] : [];
  let select: (selected: readonly tf.Tensor[]) => Selection;
  const gate = graph.part({
    owner: task,
    name: "gate",
    detail: `${selectors} of ${experts.length}${perExample ? ", by example" : ""}`,
    from: [...read, ...experts.map(({ node }) => node)],
    build(scope) {
      select = selection(scope, sizeOf(selector.shape), experts.length, settings);
      const shape = experts[0].node.shape;
      const of = experts.map(({ name }) => name);
      const weights = (inputs: readonly tf.Tensor[]) =>
        tf.tidy(() => select(inputs.slice(0, read.length)).weights);
      const apply: GraphPart["apply"] = (inputs) =>
        tf.tidy(() => mixPerExample(inputs.slice(read.length), weights(inputs)));
      if (perExample) return { shape, apply, mixing: { of, perExample, weights } };
      return {
        shape,
        apply,
        mixing: { of, weights: (inputs) => tf.tidy(() => weights(inputs).as1D()) },
        async simplify(this: GraphPart) {
          return withoutZeros(this, await numbersOf(() => weights([])));
        },
      };
    },
  });
  const byPowerOf2 = Number.isInteger(Math.log2(experts.length));
  graph.penalty((pass) =>
    tf.tidy(() => {
      if (!pass.tasks.includes(task)) return tf.scalar(0);
      const { choices } = select(read.map(({ id }) => pass.value(id)));
      const spread = selectorEntropy(choices).mul(entropy) as tf.Scalar;
      return byPowerOf2 ? spread : spread.add(unreachable(choices).mul(reach));
    })
  );
  return gate;
}

/** Makes the variables of a gate's selectors. */
function selection(
  scope: VariableScope,
  inputs: number,
  experts: number,
  { selectors, perExample, gamma }: Required<SelectionSettings>,
): (selected: readonly tf.Tensor[]) => Selection {
  const digits = digitsFor(experts);
  const near0 = { kind: "uniform", limit: gamma / 100 } as const;
  const zBias = scope.variable("z", [selectors, digits], near0);
  const logits = scope.variable("mix", [selectors], { kind: "zeros" });
  const kernels = perExample
    ? {
      z: scope.variable("z kernel", [inputs, selectors * digits], near0),
      mix: scope.variable("mix kernel", [inputs, selectors], {
        kind: "glorot",
        fanIn: inputs,
        fanOut: selectors,
      }),
    }
    : undefined;
  return ([selected]) => {
    const examples = kernels ? selected.shape[0] : 1;
    const line = (bias: tf.Tensor, kernel?: tf.Tensor2D) => {
      const row = bias.reshape([1, bias.size]);
      return kernel ? tf.matMul(asRows(selected), kernel).add(row) : row;
    };
    const z = line(zBias, kernels?.z as tf.Tensor2D | undefined).reshape([-1, digits]);
    const choices = selectorWeights(z, experts, gamma).reshape([examples, selectors, experts]);
    const weights = mixSelectors(choices, line(logits, kernels?.mix as tf.Tensor2D | undefined));
    return { choices, weights };
  };
}

/** A gate that reads only the experts with a weight other than 0. */
function withoutZeros(part: GraphPart, weights: Float32Array): GraphPart {
  const kept = Array.from(weights.keys()).filter((at) => weights[at] !== 0);
  // A sum of nothing is still a tensor of zeros.
  const used = kept.length > 0 ? kept : [0];
  return {
    ...part,
    from: used.map((at) => part.from[at]),
    apply: (inputs) =>
      tf.tidy(() =>
        inputs.map((input, at) => times(input, weights[used[at]]))
          .reduce((sum, term) => sum.add(term))
      ),
  };
}

async function numbersOf(compute: () => tf.Tensor): Promise<Float32Array> {
  const tensor = compute();
  try {
    return await tensor.data() as Float32Array;
  } finally {
    tensor.dispose();
  }
}
