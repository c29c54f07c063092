import * as tf from "@tensorflow/tfjs";
import type { GraphBuilder, GraphNode, GraphPart } from "../graph/mod.ts";
import type { LayersScope, WeightSource } from "../layers/counterpart.ts";
import { shaped, sizeOf } from "./_gate.ts";

/** What {@linkcode weightedSum} adds up, and how it starts. */
export interface WeightedSum {
  readonly name: string;
  readonly label?: string;
  readonly detail?: string;
  /** `"shared"` (default), or a task. */
  readonly owner?: string;
  /** Of one shape. */
  readonly from: readonly GraphNode[];
  /** First weight of each of `from`. */
  readonly start: readonly number[];
  /** A weight for each channel (last axis) instead of one for all. Default false. */
  readonly perChannel?: boolean;
  /** Factor on the learning rate of the weights. Default 1. */
  readonly learningRateFactor?: number;
}

/** A part that adds up others with learned weights: a row of a cross-stitch unit. */
export function weightedSum(graph: GraphBuilder, settings: WeightedSum): GraphNode {
  const { name, label, detail, owner, from, start, perChannel = false, learningRateFactor } =
    settings;
  const { shape } = from[0];
  const channels = perChannel ? shape[shape.length - 1] : 1;
  return graph.part({
    name,
    label,
    detail,
    owner,
    from,
    build(scope) {
      const weights = scope.variable("weights", [from.length, channels], {
        kind: "values",
        values: start.flatMap((weight) => Array<number>(channels).fill(weight)),
      }, { learningRateFactor });
      const weighted = (input: tf.Tensor, row: number) =>
        input.mul(weights.slice([row, 0], [1, channels]).as1D());
      const sumOf =
        (rows: readonly number[], asIs?: ReadonlySet<number>): GraphPart["apply"] => (inputs) =>
          tf.tidy(() =>
            inputs.map((input, at) =>
              asIs?.has(rows[at]) ? input.clone() : weighted(input, rows[at])
            ).reduce((sum, term) => sum.add(term))
          );
      const all = from.map((_, at) => at);
      return {
        shape,
        apply: sumOf(all),
        counterpart(inputs, layers) {
          const terms = inputs.map((input, at) =>
            scaled(input, { variable: weights, rows: [at, at + 1] }, layers.child(`${at + 1}`))
          );
          return terms.length === 1
            ? terms[0]
            : layers.apply((name) => tf.layers.add({ name }), terms);
        },
        mixing: { of: from.map(({ id }) => id), weights: () => weights.clone() },
        async simplify() {
          const values = await weights.data();
          const allAre = (number: number) => (row: number) =>
            values.subarray(row * channels, (row + 1) * channels)
              .every((weight) => weight === number);
          const used = all.filter((row) => !allAre(0)(row));
          // A sum of nothing is still a tensor of zeros.
          const kept = used.length > 0 ? used : [0];
          const asIs = new Set(kept.filter(allAre(1)));
          return { from: kept.map((row) => from[row].id), apply: sumOf(kept, asIs) };
        },
      };
    },
  });
}

/** A value times a weight, or times one for each channel, in layers of TensorFlow.js. */
function scaled(
  value: tf.SymbolicTensor,
  weights: WeightSource & { readonly variable: tf.Variable },
  layers: LayersScope,
): tf.SymbolicTensor {
  const shape = value.shape.slice(1) as number[];
  const channels = weights.variable.shape[1]!;
  const places = sizeOf(shape) / channels;
  const product = channels === 1
    ? layers.apply(
      (name) => tf.layers.dense({ name, units: 1, useBias: false }),
      shaped(value, [places, 1], layers.child("numbers")),
      [weights],
    )
    : layers.apply(
      (name) => tf.layers.depthwiseConv2d({ name, kernelSize: 1, useBias: false }),
      shaped(value, [places, 1, channels], layers.child("image")),
      [weights],
    );
  return shaped(product, shape, layers.child("product"));
}

/** A value times a number; 1 leaves no operation behind where a network is cut down to a task. */
export function times(value: tf.Tensor, factor: number): tf.Tensor {
  return factor === 1 ? value.clone() : value.mul([factor]);
}

/** Weights of a row that takes `own` from the task at `at` and shares the rest equally. */
export function rowWeights(tasks: number, at: number, own: number): number[] {
  if (tasks === 1) return [1];
  return Array.from({ length: tasks }, (_, other) => other === at ? own : (1 - own) / (tasks - 1));
}
