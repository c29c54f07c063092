import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { fileURLToPath } from "node:url";
import { type Defect, reproduce } from "./_defect.ts";

// TensorFlow.js 4.22 as it comes: no repairs, no kernels of ours.
setWasmPaths(fileURLToPath(new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm"))));

const defects: Defect[] = [
  {
    name: "a comparison on the way of a gradient throws",
    backend: "cpu",
    workaround: "lib/backend/repairs/comparisons.ts",
    actual: () =>
      tf.grad((x) => tf.sum(tf.where(tf.greater(x, 0), x, tf.zerosLike(x))))(tf.tensor1d([-1, 2]))
        .data(),
    right: [0, 1],
  },
  {
    name: "the gradient of maximum is not summed over a broadcast",
    backend: "cpu",
    workaround: "lib/backend/repairs/broadcasts.ts",
    actual: () => tf.grad((x) => tf.sum(tf.maximum(x, [1, 2, 3])))(tf.scalar(2.5)).data(),
    right: [2],
  },
  {
    name: "a product of stacks takes the wrong matrices when both sides broadcast",
    backend: "cpu",
    workaround: "the note in tests/backend/cases/products.ts",
    actual: () =>
      tf.matMul(tf.tensor([1, 2], [2, 1, 1, 1]), tf.tensor([1, 10, 100], [1, 3, 1, 1])).data(),
    right: [1, 10, 100, 2, 20, 200],
  },
  {
    name: "the gradient of average pooling counts the padding",
    backend: "cpu",
    workaround: "lib/backend/repairs/average_pool.ts",
    actual: () =>
      tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 2, 2, "same")))(tf.ones([1, 1, 1, 1]))
        .data(),
    right: [1],
  },
  {
    name: "the gradient of bilinear resizing exchanges height and width",
    backend: "cpu",
    workaround: "lib/backend/repairs/resize.ts",
    actual: () =>
      tf.grad((x) => tf.sum(tf.image.resizeBilinear(x as tf.Tensor4D, [1, 2])))(
        tf.ones([1, 1, 2, 1]),
      ).data(),
    right: [1, 1],
  },
  {
    name: "the gradient of unstack into one part throws",
    backend: "cpu",
    workaround: "lib/backend/repairs/single_parts.ts",
    actual: () => tf.grad((x) => tf.sum(tf.unstack(x)[0]))(tf.ones([1, 2])).data(),
    right: [1, 1],
  },
  {
    name: "a strided slice that drops an axis takes numbers of other axes",
    backend: "cpu",
    workaround: "lib/backend/repairs/strided_slice.ts",
    actual: () =>
      tf.stridedSlice(tf.range(0, 12).reshape([4, 3]), [0, 1], [4, 2], [2, 1], 0, 0, 0, 0, 2)
        .data(),
    right: [1, 7],
  },
  {
    name: "the gradient of max pooling is lost where the maximum is negative",
    backend: "wasm",
    workaround: "MaxPoolGrad in lib/backend/wasm/kernels/pooling.ts",
    actual: () =>
      tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid")))(
        tf.tensor4d([-4, -2, -3, -1], [1, 2, 2, 1]),
      ).data(),
    right: [0, 0, 0, 1],
  },
  {
    name: "a strided slice of whole numbers comes back as float32",
    backend: "wasm",
    workaround: "StridedSlice in lib/backend/wasm/kernels/slices.ts",
    actual: () =>
      tf.stridedSlice(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32"), [0, 0], [2, 3], [1, 2])
        .data(),
    right: [1, 3, 4, 6],
  },
  {
    name: "gather with a batch reads the wrong rows",
    backend: "wasm",
    workaround: "GatherV2 in lib/backend/wasm/kernels/slices.ts",
    actual: () =>
      tf.gather(
        tf.tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
        tf.tensor2d([[1, 0, 1], [0, 1, 1]], [2, 3], "int32"),
        1,
        1,
      ).data(),
    right: [3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 7, 8],
  },
  {
    name: "a product goes on with weights that were written over in place",
    backend: "wasm",
    workaround: "BatchMatMul in lib/backend/wasm/kernels/matrix_product.ts",
    actual: async () => {
      const weights = tf.ones([1, 1]);
      await tf.matMul([[1]], weights as tf.Tensor2D).data();
      const backend = tf.backend() as unknown as {
        typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
      };
      backend.typedArrayFromHeap(weights)[0] = 5;
      return await tf.matMul([[1]], weights as tf.Tensor2D).data();
    },
    right: [5],
  },
  {
    name: "conv3d with a stride gives a wrong gradient for its filter",
    backend: "wasm",
    workaround: "Conv3DBackpropFilterV2 in lib/backend/wasm/kernels/volumes.ts",
    actual: () =>
      tf.grad((filter) =>
        tf.sum(
          tf.conv3d(
            tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3, 1]),
            filter as tf.Tensor5D,
            2,
            "valid",
          ),
        )
      )(tf.ones([1, 1, 1, 1, 1])).data(),
    right: [1 + 3 + 7 + 9],
  },
];

for (const defect of defects) await reproduce(defect);
