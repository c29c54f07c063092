import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type GraphPart,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import type { ForwardContext } from "../layers/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn } from "./_towers.ts";

/** Settings of {@linkcode learnedBranching} besides the trunk. */
export interface LearnedBranchingSettings {
  /** Copies of each stage after the first, from 1. Default: as many as there are tasks. */
  readonly branches?: number;
  /**
   * Temperature of the choices at the start and at the end of training, above 0: high ones mix all
   * parents, low ones pick one. It falls geometrically with the progress of training.
   * Default `[5, 0.5]`.
   */
  readonly temperature?: readonly [start: number, end: number];
  /** Factor on the learning rate of the choices. Default 10. */
  readonly learningRateFactor?: number;
}

/**
 * Learning to branch (Guo, Lee and Ulbricht 2020, arXiv 2006.01895): every stage after the first
 * exists in several copies, and each copy, and each head, learns which copy before it it reads. While
 * training the choice is drawn with Gumbel noise and softened by a temperature; afterwards it is the
 * likeliest. Copies and their choices are shared; the choice of a head belongs to its task.
 *
 * ```ts
 * import { binary, encoders, learnedBranching } from "polytask";
 * const model = learnedBranching({
 *   encoder: encoders.mlp({ units: [16, 8] }),
 *   tasks: [binary("rain"), binary("snow"), binary("fog")],
 *   branches: 2,
 * });
 * ```
 */
export function learnedBranching<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & LearnedBranchingSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(learnedBranchingArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode learnedBranching}.
 * @throws {RangeError} When a setting is out of range.
 */
export function learnedBranchingArchitecture(
  options: Trunk & LearnedBranchingSettings,
): Architecture {
  const { encoder, branches, temperature = [5, 0.5], learningRateFactor = 10 } = options;
  if (branches !== undefined && !(Number.isInteger(branches) && branches >= 1)) {
    throw new RangeError(`branches must be a whole number from 1, but is ${branches}.`);
  }
  if (!temperature.every((value) => value > 0 && Number.isFinite(value))) {
    throw new RangeError(`temperature must be two numbers above 0, but is ${temperature}.`);
  }
  const temperatureAt = (progress: number) =>
    temperature[0] * (temperature[1] / temperature[0]) ** progress;
  return graphArchitecture({
    name: "learned branching",
    trunk: trunkOf(options),
    settings: { ...branches !== undefined && { branches }, temperature, learningRateFactor },
    build(graph) {
      const copies = branches ?? graph.tasks.length;
      const [first, ...others] = encoder.stages;
      let nodes = [graph.stage(first, graph.source)];
      for (const stage of others) {
        const parents = nodes;
        nodes = Array.from({ length: copies }, (_, copy) => {
          const name = `branch ${copy + 1}`;
          const read = choice(graph, parents, {
            name: `parent of ${stage.name} ${copy + 1}`,
            learningRateFactor,
            temperatureAt,
          });
          return graph.stage(stage, read, { name });
        });
      }
      graph.lastShared(nodes);
      headsOn(
        graph,
        graph.tasks.map(({ name }) =>
          choice(graph, nodes, { name: "branch", owner: name, learningRateFactor, temperatureAt })
        ),
      );
    },
  });
}

/** One of several nodes, chosen by learned logits. */
function choice(
  graph: GraphBuilder,
  from: readonly GraphNode[],
  { temperatureAt, ...place }: {
    readonly name: string;
    readonly owner?: string;
    readonly learningRateFactor: number;
    readonly temperatureAt: (progress: number) => number;
  },
): GraphNode {
  if (from.length === 1) return from[0];
  const { learningRateFactor } = place;
  return graph.part({
    ...place,
    from,
    build(scope) {
      const logits = scope.variable("logits", [from.length], { kind: "zeros" }, {
        learningRateFactor,
      });
      const sum: GraphPart["apply"] = (inputs, context) =>
        tf.tidy(() => {
          const weights = context.training
            ? drawn(logits, temperatureAt(context.progress ?? 0), context)
            : likeliest(logits);
          return inputs.map((input, at) => input.mul(weights.slice([at], [1])))
            .reduce((total, term) => total.add(term));
        });
      return {
        shape: from[0].shape,
        apply: sum,
        mixing: {
          of: from.map(({ id }) => id),
          weights: () => tf.softmax(logits as tf.Tensor as tf.Tensor1D),
        },
        async simplify() {
          const values = await logits.data();
          const best = values.indexOf(Math.max(...values));
          return { from: [from[best].id], apply: ([input]) => input.clone() };
        },
      };
    },
  });
}

/** A softened draw: softmax((logits + Gumbel noise) / temperature). */
function drawn(logits: tf.Variable, temperature: number, { random }: ForwardContext): tf.Tensor {
  if (!random) throw new Error("Learned branching needs `random` in training.");
  const noise = Array.from({ length: logits.size }, () => -Math.log(-Math.log(random.uniform())));
  return tf.softmax(logits.add(tf.tensor1d(noise)).div(temperature) as tf.Tensor1D);
}

/** 1 for the largest logit (the first, on a tie), 0 for the others. */
function likeliest(logits: tf.Variable): tf.Tensor {
  return tf.oneHot(tf.argMax(logits as tf.Tensor as tf.Tensor1D), logits.size).toFloat();
}
