import * as tf from "@tensorflow/tfjs";
import type { GraphBuilder, GraphNode, PartPlace } from "../graph/mod.ts";
import type { LayersScope } from "../layers/counterpart.ts";
import type { Expert } from "./_experts.ts";

/** Where a gate is, what chooses, and between what. */
export interface GateRecipe extends PartPlace {
  readonly name: string;
  /** What the gate looks at. */
  readonly selector: GraphNode;
  /** At least one; all of one shape. */
  readonly experts: readonly Expert[];
}

/**
 * A gate with one linear layer and a softmax: the sum of the experts with the weights
 * softmax(W x), where x is the selector, flattened.
 */
export function softmaxGate(graph: GraphBuilder, recipe: GateRecipe): GraphNode {
  const { owner, name, selector, experts } = recipe;
  return graph.part({
    owner,
    name,
    detail: `softmax over ${experts.length}`,
    from: [selector, ...experts.map(({ node }) => node)],
    build(scope) {
      const inputs = sizeOf(selector.shape);
      const kernel = scope.variable("kernel", [inputs, experts.length], {
        kind: "glorot",
        fanIn: inputs,
        fanOut: experts.length,
      });
      const weights = (selected: tf.Tensor) =>
        tf.softmax(tf.matMul(asRows(selected), kernel)) as tf.Tensor2D;
      return {
        shape: experts[0].node.shape,
        apply: ([selected, ...values]) => tf.tidy(() => mixPerExample(values, weights(selected))),
        counterpart([selected, ...values], layers) {
          const chosen = layers.apply(
            (name) =>
              tf.layers.dense({
                name,
                units: experts.length,
                useBias: false,
                activation: "softmax",
              }),
            shaped(selected, [inputs], layers.child("selector")),
            [kernel],
          );
          return mixInLayers(values, chosen, layers);
        },
        mixing: {
          of: experts.map(({ name }) => name),
          perExample: true,
          weights: ([selected]) => tf.tidy(() => weights(selected)),
        },
      };
    },
  });
}

/** Sum of `values`, each `[batch, ...shape]`, with the weights `[batch, values]` of each example. */
export function mixPerExample(values: readonly tf.Tensor[], weights: tf.Tensor2D): tf.Tensor {
  const stacked = tf.stack(values.map(asRows), 1);
  return stacked.mul(weights.expandDims(2)).sum(1).reshape(values[0].shape);
}

/** {@linkcode mixPerExample} in layers of TensorFlow.js. */
function mixInLayers(
  values: readonly tf.SymbolicTensor[],
  weights: tf.SymbolicTensor,
  layers: LayersScope,
): tf.SymbolicTensor {
  const shape = values[0].shape.slice(1) as number[];
  const rows = values.map((value, at) =>
    shaped(value, [1, sizeOf(shape)], layers.child(`row ${at + 1}`))
  );
  const stacked = rows.length === 1
    ? rows[0]
    : layers.child("rows").apply((name) => tf.layers.concatenate({ name, axis: 1 }), rows);
  const sum = layers.child("sum").apply(
    (name) => tf.layers.dot({ name, axes: [1, 1] }),
    [weights, stacked],
  );
  return shaped(sum, shape, layers.child("mix"));
}

/** A value in another shape, by a layer of TensorFlow.js where it has another. */
export function shaped(
  value: tf.SymbolicTensor,
  shape: readonly number[],
  layers: LayersScope,
): tf.SymbolicTensor {
  if (value.shape.slice(1).join() === shape.join()) return value;
  return layers.apply((name) => tf.layers.reshape({ name, targetShape: [...shape] }), value);
}

/** `[batch, ...]` as `[batch, numbers]`. */
export function asRows(value: tf.Tensor): tf.Tensor2D {
  return value.reshape([value.shape[0], sizeOf(value.shape.slice(1))]);
}

/** Numbers in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
