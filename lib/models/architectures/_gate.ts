import * as tf from "@tensorflow/tfjs";
import type { GraphBuilder, GraphNode, PartPlace } from "../graph/mod.ts";
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

/** `[batch, ...]` as `[batch, numbers]`. */
export function asRows(value: tf.Tensor): tf.Tensor2D {
  return value.reshape([value.shape[0], sizeOf(value.shape.slice(1))]);
}

/** Numbers in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
