import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { Stage } from "../encoders/encoder.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type GraphPart,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { batchNorm } from "../layers/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn, stitchedStages, towers } from "./_towers.ts";
import { shaped, sizeOf } from "./_gate.ts";
import { rowWeights } from "./_weighted_sum.ts";

/** Settings of {@linkcode nddr} besides the trunk. */
export interface NddrSettings {
  /** First weight of the own channels; the same channels of the others share the rest. Default 0.9. */
  readonly own?: number;
  /** Names of the stages after which towers are joined. Default: all. */
  readonly after?: readonly string[];
}

/**
 * Neural discriminative dimensionality reduction (Gao et al. 2019, arXiv 1801.08297): after a stage
 * the channels of all towers are laid side by side, and every tower goes on with a learned 1 x 1
 * convolution of them, batch normalisation and ReLU. Cross-stitch units are the case in which a
 * channel meets only its like. In a sequence `[time, channels]` steps that are 0 in all towers are
 * padding: they stay 0 and do not count in the norm. Joints are shared, and so are the towers up to the last joint; what comes
 * after it belongs to its task.
 *
 * ```ts
 * import { classification, encoders, nddr } from "polytask";
 * const model = nddr({
 *   encoder: encoders.smallCnn(),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 * });
 * ```
 */
export function nddr<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & NddrSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(nddrArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode nddr}.
 * @throws {RangeError} When a setting is out of range.
 */
export function nddrArchitecture(options: Trunk & NddrSettings): Architecture {
  const { encoder, own = 0.9, after } = options;
  if (!Number.isFinite(own)) throw new RangeError(`own must be a number, but is ${own}.`);
  const joined = stitchedStages(encoder, after);
  return graphArchitecture({
    name: "NDDR",
    trunk: trunkOf(options),
    settings: { own, ...after && { after } },
    build(graph) {
      const ends = towers(graph, encoder, {
        after: joined,
        join: (nodes, stage) =>
          nodes.map((_, at) => join(graph, stage, nodes, rowWeights(nodes.length, at, own), at)),
      });
      headsOn(graph, ends);
    },
  });
}

function join(
  graph: GraphBuilder,
  stage: Stage,
  nodes: readonly GraphNode[],
  start: readonly number[],
  at: number,
): GraphNode {
  const { name } = graph.tasks[at];
  const { shape } = nodes[at];
  const channels = shape[shape.length - 1];
  return graph.part({
    name: `join ${stage.name} to ${name}`,
    label: `${stage.name} to ${name}`,
    detail: "1 x 1, batch norm, ReLU",
    from: nodes,
    build(scope) {
      const kernel = scope.variable("kernel", [nodes.length * channels, channels], {
        kind: "values",
        values: start.flatMap((weight) => diagonal(weight, channels)),
      });
      // In a sequence a step of zeros is padding. The norm's offset would make a word of it.
      const norm = batchNorm({ maskZeros: shape.length === 2 }).build(shape, scope.child("norm"));
      const joined = (kernelNow: () => tf.Tensor): GraphPart["apply"] => (inputs, context) =>
        tf.tidy(() => {
          const rows = tf.concat([...inputs], -1).reshape([-1, inputs.length * channels]);
          const mixed = tf.matMul(rows as tf.Tensor2D, kernelNow() as tf.Tensor2D)
            .reshape([-1, ...shape]);
          return norm.apply(mixed, context).relu();
        });
      return {
        shape,
        apply: joined(() => kernel),
        async simplify() {
          const values = await kernel.data();
          const size = channels * channels;
          const blocks = [...nodes.keys()].filter((block) =>
            values.subarray(block * size, (block + 1) * size).some((weight) => weight !== 0)
          );
          // A product with nothing is still a tensor of zeros.
          const used = blocks.length > 0 ? blocks : [0];
          return {
            from: used.map((block) => nodes[block].id),
            apply: joined(() =>
              used.length === nodes.length ? kernel : tf.concat(
                used.map((block) => kernel.slice([block * channels, 0], [channels, channels])),
              )
            ),
          };
        },
        counterpart(inputs, layers) {
          const all = nodes.length === 1 ? inputs[0] : layers.child("all").apply(
            (name) => tf.layers.concatenate({ name, axis: -1 }),
            [...inputs],
          );
          const mixed = layers.child("joint").apply(
            (name) => tf.layers.dense({ name, units: channels, useBias: false }),
            shaped(all, [sizeOf(shape) / channels, nodes.length * channels], layers.child("rows")),
            [kernel],
          );
          const normed = norm.counterpart!(
            shaped(mixed, shape, layers.child("mixed")),
            layers.child("norm"),
          );
          return layers.apply(
            (name) => tf.layers.activation({ name, activation: "relu" }),
            normed,
          );
        },
        mixing: {
          of: nodes.map(({ id }) => id),
          // How much of each tower a channel takes: the length of its column in each block.
          weights: () =>
            tf.tidy(() =>
              kernel.reshape([nodes.length, channels, channels]).square().sum(1).sqrt()
            ),
        },
      };
    },
  });
}

/** The rows of a diagonal matrix, one after the other. */
function diagonal(value: number, size: number): number[] {
  return Array.from({ length: size * size }, (_, at) => at % (size + 1) === 0 ? value : 0);
}
