import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { Stage } from "../encoders/encoder.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type PenaltyContext,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { countRows, inShapeOf } from "./_skip.ts";
import { subspacesNow } from "./_subspaces.ts";
import { headsOn, towers } from "./_towers.ts";
import { rowWeights, weightedSum } from "./_weighted_sum.ts";

/** Settings of {@linkcode sluice} besides the trunk. */
export interface SluiceSettings {
  /**
   * First weight of a subspace's own values in α, and of the last stage in β; all others share the rest
   * equally. 1 starts as single-task networks. Default 0.9.
   */
  readonly own?: number;
  /** Let the heads read a learned mix of all stages. Default true. */
  readonly skip?: boolean;
  /** Factor of the penalty that keeps the two subspaces of a tower apart, from 0. Default 0.001. */
  readonly orthogonality?: number;
  /** Factor on the learning rate of α. Default 10. */
  readonly learningRateFactor?: number;
}

/**
 * Sluice network (Ruder et al. 2017, arXiv 1705.08142): towers whose layers are split in two
 * subspaces of channels. After each stage every subspace goes on with a learned mix of all
 * subspaces of all towers (α, 2K x 2K), a head reads a learned mix of its tower's stages (β), and
 * a penalty keeps the two subspaces of a layer apart: Σ ‖S₁ᵀ S₂‖²_F. Towers and α are
 * shared, as the losses of all tasks train them; β and heads belong to their tasks.
 *
 * In the paper all layers have one shape; here a stage of another shape than the last is averaged over its places (of a text, over its words) and, where it has another
 * number of channels, projected by a matrix of the task.
 *
 * S₁ and S₂ are what a stage gives before α, one row for each example (and place; padding left out),
 * and the norm is divided by the squared number of rows. After α each half holds a part of the other, and
 * the penalty would pull at α. The paper writes subspaces of a layer; its code takes halves of two
 * weight matrices of each LSTM. Stages here may be anything, and what they give is what all have.
 *
 * ```ts
 * import { binary, encoders, sluice } from "polytask";
 * const model = sluice({
 *   encoder: encoders.mlp({ units: [16, 16] }),
 *   tasks: [binary("rain"), binary("wind")],
 * });
 * ```
 * @throws {RangeError} From `build`, when a stage gives an odd number of channels.
 */
export function sluice<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & SluiceSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(sluiceArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode sluice}.
 * @throws {RangeError} When a setting is out of range.
 */
export function sluiceArchitecture(options: Trunk & SluiceSettings): Architecture {
  const { encoder, own = 0.9, skip = true, orthogonality = 0.001, learningRateFactor = 10 } =
    options;
  if (!Number.isFinite(own)) throw new RangeError(`own must be a number, but is ${own}.`);
  if (!(orthogonality >= 0 && Number.isFinite(orthogonality))) {
    throw new RangeError(`orthogonality must be a number from 0, but is ${orthogonality}.`);
  }
  return graphArchitecture({
    name: "sluice",
    trunk: trunkOf(options),
    settings: { own, skip, orthogonality, learningRateFactor },
    build(graph) {
      const raw: (readonly GraphNode[])[] = [];
      const layers: { readonly stage: string; readonly nodes: readonly GraphNode[] }[] = [];
      const ends = towers(graph, encoder, {
        after: new Set(encoder.stages.map(({ name }) => name)),
        join(nodes, stage) {
          const mixed = graph.tasks.map((_, at) =>
            mixSubspaces(graph, stage, { nodes, at, own, learningRateFactor })
          );
          raw.push(nodes);
          layers.push({ stage: stage.name, nodes: mixed });
          return mixed;
        },
      });
      headsOn(graph, ends.map((end, at) => skip ? mixStages(graph, layers, at, own) : end));
      if (orthogonality > 0) {
        graph.penalty((context) => penaltyOf(graph, raw, context, orthogonality));
      }
    },
  });
}

/** One tower's two subspaces, each a mix of all subspaces of all towers. */
function mixSubspaces(
  graph: GraphBuilder,
  stage: Stage,
  { nodes, at, own, learningRateFactor }: {
    readonly nodes: readonly GraphNode[];
    readonly at: number;
    readonly own: number;
    readonly learningRateFactor: number;
  },
): GraphNode {
  const { shape } = nodes[at];
  const channels = shape[shape.length - 1];
  if (channels % 2 !== 0) {
    throw new RangeError(
      `A sluice network splits channels in two halves, but the stage "${stage.name}" gives ` +
        `${channels}; use an even number.`,
    );
  }
  const names = graph.tasks.map(({ name }) => name);
  const sources = nodes.length * 2;
  const name = names[at];
  return graph.part({
    name: `sluice ${stage.name} to ${name}`,
    label: `${stage.name} to ${name}`,
    from: nodes,
    build(scope) {
      // One row for each own half, one column for each half of each tower.
      const weights = scope.variable("weights", [2, sources], {
        kind: "values",
        values: [0, 1].flatMap((half) => rowWeights(sources, 2 * at + half, own)),
      }, { learningRateFactor });
      return {
        shape,
        apply: (inputs) =>
          tf.tidy(() => {
            const halves = inputs.flatMap((input) => tf.split(input, 2, -1));
            return tf.concat(
              [0, 1].map((half) =>
                halves.map((part, source) =>
                  part.mul(weights.slice([half, source], [1, 1]).reshape([1]))
                ).reduce((sum, term) => sum.add(term))
              ),
              -1,
            );
          }),
        mixing: {
          of: [1, 2].flatMap((half) =>
            names.flatMap((task) => [1, 2].map((part) => `${task} ${part} to ${half}`))
          ),
          weights: () => weights.as1D(),
        },
        async simplify() {
          const { used, apply } = subspacesNow(await weights.data<"float32">(), channels);
          return { from: used.map((tower) => nodes[tower].id), apply };
        },
      };
    },
  });
}

/** A tower's stages, mixed; at first mostly the last one. */
function mixStages(
  graph: GraphBuilder,
  layers: readonly { readonly stage: string; readonly nodes: readonly GraphNode[] }[],
  at: number,
  own: number,
): GraphNode {
  const owner = graph.tasks[at].name;
  const end = layers[layers.length - 1].nodes[at];
  if (layers.length < 2) return end;
  return weightedSum(graph, {
    name: "skip",
    owner,
    from: layers.map(({ stage, nodes }) =>
      inShapeOf(graph, nodes[at], end, { owner, name: `skip of ${stage}` })
    ),
    start: rowWeights(layers.length, layers.length - 1, own),
  });
}

/** How much the halves of what the stages give have in common. */
function penaltyOf(
  graph: GraphBuilder,
  layers: readonly (readonly GraphNode[])[],
  context: PenaltyContext,
  strength: number,
): tf.Scalar {
  const towers = graph.tasks.flatMap(({ name }, at) => context.tasks.includes(name) ? [at] : []);
  return tf.tidy(() => {
    const terms = layers.flatMap((nodes) =>
      towers.map((at) => {
        const { id, shape } = nodes[at];
        const value = context.value(id);
        const rows = value.reshape([-1, shape[shape.length - 1]]) as tf.Tensor2D;
        const [first, second] = tf.split(rows, 2, 1);
        return tf.matMul(first, second, true).square().sum().div(countRows(value).square());
      })
    );
    return tf.addN(terms).mul(strength) as tf.Scalar;
  });
}
