import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { Stage } from "../encoders/encoder.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn } from "./_towers.ts";

/** Settings of {@linkcode mtan} besides the trunk. */
export interface MtanSettings {
  /**
   * Units between the two layers of a mask, as a share of the channels that it masks, above 0.
   * Default 1.
   */
  readonly width?: number;
}

/**
 * Multi-task attention network (Liu, Johns and Davison 2019): one shared trunk, from which every
 * task picks its features with masks of its own, stage by stage: â = a ⊙ p, with
 * a = σ(V relu(U [p; g(â before)])), p what the shared stage gives and U, V layers over the channels.
 * g, which brings the features picked before to the shape of p, is one for all tasks, as in the
 * authors' code. Trunk and g are shared; masks and heads belong to their tasks.
 *
 * What differs from the paper: g is a second copy of the stage, where the paper has one 3 x 3
 * convolution, batch normalisation, ReLU and pooling; so that it fits every kind of stage. A stage
 * has one output, which serves as p and as the other part of the mask's input; in the paper that is
 * u, what the first convolution of the block gives. Masks are 1 x 1 layers as there, without batch
 * normalisation. There is no decoder with masks of its own; heads have decoders where tasks need
 * them.
 *
 * ```ts
 * import { classification, encoders, mtan } from "polytask";
 * const model = mtan({
 *   encoder: encoders.smallCnn(),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 * });
 * ```
 */
export function mtan<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & MtanSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(mtanArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode mtan}.
 * @throws {RangeError} When `width` is not above 0.
 */
export function mtanArchitecture(options: Trunk & MtanSettings): Architecture {
  const { encoder, width = 1 } = options;
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(`width must be a number above 0, but is ${width}.`);
  }
  return graphArchitecture({
    name: "MTAN",
    trunk: trunkOf(options),
    settings: { width },
    build(graph) {
      const trunk = graph.stages(encoder.stages, graph.source);
      const extractors = new Map<Stage, GraphNode>();
      const ends = graph.tasks.map(({ name }) => {
        let picked: GraphNode | undefined;
        encoder.stages.forEach((stage, at) => {
          const before = picked && extract(graph, extractors, stage, picked, name);
          picked = masked(graph, stage, { features: trunk[at], before, owner: name, width });
        });
        return picked!;
      });
      headsOn(graph, ends);
      graph.lastShared([trunk[trunk.length - 1]]);
    },
  });
}

/** What a task picked, brought to the shape of a stage: by layers that all tasks share. */
function extract(
  graph: GraphBuilder,
  extractors: Map<Stage, GraphNode>,
  stage: Stage,
  picked: GraphNode,
  task: string,
): GraphNode {
  const name = `picked by ${task}`;
  const first = extractors.get(stage);
  if (first) {
    return graph.again(first, [picked], {
      name: `${name}/${stage.name}`,
      label: `${name}: ${stage.name}`,
    });
  }
  const node = graph.stage(stage, picked, { name, prefix: "shared/picked" });
  extractors.set(stage, node);
  return node;
}

/** The features of a stage times the mask of a task. */
function masked(
  graph: GraphBuilder,
  stage: Stage,
  { features, before, owner, width }: {
    readonly features: GraphNode;
    readonly before?: GraphNode;
    readonly owner: string;
    readonly width: number;
  },
): GraphNode {
  const { shape } = features;
  const channels = shape[shape.length - 1];
  const from = before ? [features, before] : [features];
  const hidden = Math.max(1, Math.round(width * channels));
  return graph.part({
    name: `mask ${stage.name}`,
    label: "mask",
    owner,
    from,
    build(scope) {
      const inputs = from.length * channels;
      const first = scope.variable("first/kernel", [inputs, hidden], { kind: "he", fanIn: inputs });
      const firstBias = scope.variable("first/bias", [hidden], { kind: "zeros" });
      const second = scope.variable("second/kernel", [hidden, channels], {
        kind: "glorot",
        fanIn: hidden,
        fanOut: channels,
      });
      const secondBias = scope.variable("second/bias", [channels], { kind: "zeros" });
      const maskOf = (values: readonly tf.Tensor[]) => {
        const joined = values.length === 1 ? values[0] : tf.concat([...values], -1);
        const rows = joined.reshape([-1, inputs]) as tf.Tensor2D;
        const middle = tf.matMul(rows, first as tf.Tensor as tf.Tensor2D).add(firstBias).relu();
        return tf.matMul(middle as tf.Tensor2D, second as tf.Tensor as tf.Tensor2D)
          .add(secondBias).sigmoid().reshape(values[0].shape);
      };
      return {
        shape,
        apply: (values) => tf.tidy(() => values[0].mul(maskOf(values))),
        mixing: {
          of: Array.from({ length: channels }, (_, channel) => `channel ${channel + 1}`),
          // The mean of the mask over places: how much of each channel the task takes.
          weights: (values) =>
            tf.tidy(() => {
              const mask = maskOf(values);
              return mask.reshape([mask.shape[0], -1, channels]).mean(1);
            }),
          perExample: true,
        },
      };
    },
  });
}
