import * as tf from "@tensorflow/tfjs";
import type { GraphBuilder, GraphNode } from "../graph/mod.ts";
import { globalAveragePool } from "../layers/mod.ts";
import { presentSteps } from "../layers/_padding.ts";
import { VariableScope } from "../variable_scope.ts";

/**
 * A part's value in the shape of another's, so that both can be added up: averaged over places where
 * it has more of them (padding left out), and taken to as many channels by a learned matrix, without
 * an offset, so that padding stays 0. The node itself where the shapes are the same.
 */
export function inShapeOf(
  graph: GraphBuilder,
  node: GraphNode,
  target: GraphNode,
  place: { readonly name: string; readonly owner: string },
): GraphNode {
  const { shape } = target;
  if (node.shape.join() === shape.join()) return node;
  const [before, channels] = [node.shape, shape].map((each) => each[each.length - 1]);
  return graph.part({
    ...place,
    detail: before === channels ? "mean" : "mean, projected",
    kind: "stage",
    from: [node],
    build(scope) {
      const kernel = before === channels
        ? undefined
        : scope.variable("kernel", [before, channels], {
          kind: "glorot",
          fanIn: before,
          fanOut: channels,
        });
      return {
        shape,
        apply: ([input]) =>
          tf.tidy(() => {
            const pooled = toPlaces(input, shape.slice(0, -1));
            if (!kernel) return pooled.clone();
            return tf.matMul(
              pooled.reshape([-1, before]) as tf.Tensor2D,
              kernel as tf.Tensor as tf.Tensor2D,
            ).reshape([-1, ...shape]);
          }),
      };
    },
  });
}

/**
 * `[batch, ...before, channels]` as `[batch, ...places, channels]`: means over the places that fall on
 * each new one, side by side, or the mean over all where there is another number of sides.
 */
function toPlaces(input: tf.Tensor, places: readonly number[]): tf.Tensor {
  const before = input.shape.slice(1, -1);
  if (before.length === places.length) {
    return places.reduce((value, size, at) => alongAxis(value, at + 1, size), input);
  }
  const channels = input.shape[input.rank - 1];
  const mean = before.length === 0 ? input : meanOf(input);
  if (places.length === 0) return mean;
  return mean.reshape([-1, ...places.map(() => 1), channels]).tile([1, ...places, 1]);
}

function meanOf(input: tf.Tensor): tf.Tensor {
  // It has no variables.
  return globalAveragePool({ maskZeros: input.rank === 3 })
    .build(input.shape.slice(1), new VariableScope("mean", 0))
    .apply(input, { training: false });
}

/** Means along one axis: place i of `size` is the mean of those from ⌊i n / size⌋ to ⌈(i + 1) n / size⌉. */
function alongAxis(input: tf.Tensor, axis: number, size: number): tf.Tensor {
  const count = input.shape[axis];
  if (count === size) return input;
  const shares = Array.from(
    { length: count },
    (_, from) =>
      Array.from({ length: size }, (_, to) => {
        const [start, end] = [Math.floor(to * count / size), Math.ceil((to + 1) * count / size)];
        return from >= start && from < end ? 1 / (end - start) : 0;
      }),
  );
  // The axis goes last and comes back.
  const order = [...input.shape.keys()].filter((each) => each !== axis).concat(axis);
  const back = [...order.keys()].map((each) => order.indexOf(each));
  const moved = input.transpose(order);
  return tf.matMul(moved.reshape([-1, count]) as tf.Tensor2D, tf.tensor2d(shares))
    .reshape([-1, ...moved.shape.slice(1, -1), size]).transpose(back);
}

/** Rows of a value `[batch, ...places, channels]` that are there: all, or time steps without padding. */
export function countRows(value: tf.Tensor): tf.Scalar {
  return tf.tidy(() =>
    value.rank === 3
      ? tf.maximum(presentSteps(value).sum(), 1) as tf.Scalar
      : tf.scalar(value.size / value.shape[value.rank - 1])
  );
}
