import * as tf from "@tensorflow/tfjs";
import type { OperationCase } from "../_finite_differences.ts";

const indices = () => tf.tensor2d([1, 3, 3, 9, 0, 1], [2, 3], "int32");

const transposes: OperationCase[] = ([
  [[3, 4, 5], [2, 0, 1]],
  [[3, 4, 5], [0, 2, 1]],
  [[3, 4, 5], [1, 0, 2]],
  [[33, 37], [1, 0]],
  [[2, 3, 2, 3, 2], [4, 1, 3, 0, 2]],
  [[2, 5, 4, 6], [0, 2, 1, 3]],
  [[1, 7, 1, 3], [3, 2, 1, 0]],
] as const).map(([shape, order]) => ({
  name: `transpose [${shape}] to [${order}]`,
  inputs: [shape],
  run: (x: tf.Tensor) => tf.transpose(x, [...order]),
  step: 0.5,
}));

/** Moving, joining, cutting, gathering. */
export const shapes: OperationCase[] = [
  ...transposes,
  { name: "concat", inputs: [[3, 4], [3, 2]], run: (a, b) => tf.concat([a, b], 1), step: 0.5 },
  {
    name: "split into equal parts",
    inputs: [[3, 6]],
    run: (x) => {
      const [a, b, c] = tf.split(x, 3, 1);
      return tf.add(tf.mul(a, b), c);
    },
  },
  {
    name: "split by sizes",
    inputs: [[3, 6]],
    run: (x) => {
      const [a, b] = tf.split(x, [2, 4], 1);
      return tf.concat([b, a], 1);
    },
    step: 0.5,
  },
  {
    name: "unstack and split into one part",
    inputs: [[1, 4]],
    run: (x) => tf.mul(tf.unstack(x, 0)[0], tf.reshape(tf.split(x, 1, 1)[0], [4])),
  },
  { name: "slice", inputs: [[5, 6]], run: (x) => tf.slice(x, [1, 2], [3, 3]), step: 0.5 },
  {
    name: "stridedSlice",
    inputs: [[5, 6]],
    run: (x) => tf.stridedSlice(x, [0, 1], [5, 6], [2, 2]),
    step: 0.5,
  },
  {
    name: "stridedSlice with masks, backwards, an axis dropped",
    inputs: [[5, 6, 3]],
    run: (x) => tf.stridedSlice(x, [4, 1, 2], [0, 0, 3], [-2, 2, 1], 0, 2, 0, 0, 4),
    step: 0.5,
  },
  {
    name: "slicing backwards to the start, an axis added and one dropped",
    inputs: [[4, 3, 2]],
    run: (x) => tf.stridedSlice(x, [3, 0, 1, 0], [0, 1, 2, 2], [-1, 1, 1, 1], 0, 1, 0, 2, 4),
    step: 0.5,
  },
  { name: "pad", inputs: [[3, 4]], run: (x) => tf.pad(x, [[1, 2], [0, 1]], 0.5), step: 0.5 },
  {
    name: "mirrorPad",
    inputs: [[3, 4]],
    run: (x) => tf.mirrorPad(x, [[1, 1], [1, 1]], "reflect"),
    gradient: false,
  },
  {
    name: "stack and unstack",
    inputs: [[3, 4]],
    run: (x) => {
      const [a, b, c] = tf.unstack(x, 0);
      return tf.stack([tf.mul(a, 2), tf.mul(c, b)], 1);
    },
  },
  ...[[2, 3], [1, 4], [3, 1]].map((reps): OperationCase => ({
    name: `tile by [${reps}]`,
    inputs: [[3, 4]],
    run: (x) => tf.tile(x, reps),
    step: 0.5,
  })),
  { name: "reverse", inputs: [[3, 4]], run: (x) => tf.reverse(x, 1), step: 0.5 },
  { name: "broadcastTo", inputs: [[3, 1]], run: (x) => tf.broadcastTo(x, [3, 5]), step: 0.5 },
  {
    name: "depthToSpace",
    inputs: [[1, 2, 2, 8]],
    run: (x) => tf.depthToSpace(x as tf.Tensor4D, 2),
    gradient: false,
  },
  {
    name: "batchToSpaceND",
    inputs: [[4, 2, 2, 1]],
    run: (x) => tf.batchToSpaceND(x, [2, 2], [[0, 0], [0, 0]]),
    step: 0.5,
  },
  {
    name: "spaceToBatchND",
    inputs: [[1, 4, 4, 1]],
    run: (x) => tf.spaceToBatchND(x, [2, 2], [[0, 0], [0, 0]]),
    step: 0.5,
  },
  {
    name: "gather along axis 0",
    inputs: [[10, 4]],
    run: (x) => tf.gather(x, indices()),
    step: 0.5,
  },
  {
    name: "gather along axis 1",
    inputs: [[3, 10, 4]],
    run: (x) => tf.gather(x, tf.tensor1d([1, 3, 3, 9], "int32"), 1),
    step: 0.5,
  },
  {
    name: "gather for each row of a batch",
    inputs: [[2, 5, 3]],
    run: (x) => tf.gather(x, tf.tensor2d([[1, 1, 4], [0, 3, 2]], [2, 3], "int32"), 1, 1),
    step: 0.5,
  },
  {
    name: "gatherND",
    inputs: [[5, 4]],
    run: (x) => tf.gatherND(x, tf.tensor2d([[0, 1], [4, 2], [0, 1]], [3, 2], "int32")),
    step: 0.5,
  },
  {
    name: "scatterND",
    inputs: [[4]],
    run: (x) => tf.scatterND(tf.tensor2d([[4], [3], [1], [7]], [4, 1], "int32"), x, [8]),
    gradient: false,
  },
  {
    name: "unsortedSegmentSum",
    inputs: [[6, 3]],
    run: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 0, 2, 2, 1], "int32"), 4),
    step: 0.5,
  },
  {
    name: "unsortedSegmentSum, ids left out",
    inputs: [[6, 5]],
    run: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, -1, 0, 2, 2, -1], "int32"), 3),
    step: 0.5,
  },
  { name: "topk", inputs: [[3, 8]], run: (x) => tf.topk(x, 3).values, step: 1e-3 },
  ...[[8, 10], [7, 3]].flatMap((size) =>
    [false, true].map((alignCorners): OperationCase => ({
      name: `resizeBilinear to [${size}]${alignCorners ? ", corners aligned" : ""}`,
      inputs: [[2, 4, 5, 2]],
      run: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, size as [number, number], alignCorners),
      step: 0.5,
    }))
  ),
  {
    name: "resizeNearestNeighbor",
    inputs: [[1, 4, 5, 2]],
    run: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 10]),
    step: 0.5,
  },
  {
    name: "resizeNearestNeighbor of a batch",
    inputs: [[2, 4, 5, 2]],
    run: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 10]),
    step: 0.5,
  },
];
