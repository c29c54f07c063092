import * as tf from "@tensorflow/tfjs";

/** Backends whose AvgPoolGrad divides by the whole window, padding included. */
const wrong = ["cpu", "webgpu"];

/**
 * Mends the gradient of average pooling with padding: the average is over the cells inside the
 * image, so near the border a cell's share is larger.
 */
export function repairAveragePool(): void {
  const upstream = tf.getGradient("AvgPool");
  tf.unregisterGradient("AvgPool");
  tf.registerGradient({
    ...upstream,
    gradFunc: (dy, saved, attributes) => {
      if (!wrong.includes(tf.getBackend())) return upstream.gradFunc(dy, saved, attributes);
      const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as Parameters<
        typeof shares
      >[1];
      return {
        x: () => {
          const factors = shares(saved[0], { filterSize, strides, pad, dimRoundingMode });
          return upstream.gradFunc(tf.mul(dy as tf.Tensor, factors), saved, attributes).x();
        },
      };
    },
  });
}

/** Cells of a window over cells of it inside the image, [1, outHeight, outWidth, 1]. */
function shares(
  x: tf.Tensor,
  { filterSize, strides, pad, dimRoundingMode }: {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: "valid" | "same" | number;
    dimRoundingMode?: "floor" | "round" | "ceil";
  },
): tf.Tensor {
  const sizes = tf.backend_util.computePool2DInfo(
    x.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const inside = (out: number, stride: number, before: number, filter: number, length: number) =>
    Array.from({ length: out }, (_, index) => {
      const start = index * stride - before;
      return Math.min(start + filter, length) - Math.max(start, 0);
    });
  const { outHeight, outWidth, filterHeight, filterWidth, padInfo } = sizes;
  const rows = inside(outHeight, sizes.strideHeight, padInfo.top, filterHeight, sizes.inHeight);
  const columns = inside(outWidth, sizes.strideWidth, padInfo.left, filterWidth, sizes.inWidth);
  const cells = filterHeight * filterWidth;
  const factors = rows.flatMap((row) => columns.map((column) => cells / (row * column)));
  return tf.tensor(factors, [1, outHeight, outWidth, 1]);
}
