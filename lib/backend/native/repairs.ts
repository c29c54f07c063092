/** What native TensorFlow gets wrong, mended. */
import * as tf from "@tensorflow/tfjs";

/** The settings of a convolution, as tfjs-core hands them to a kernel. */
interface Convolution {
  readonly strides: [number, number] | number;
  readonly dilations: [number, number] | number;
  readonly pad: Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/**
 * A convolution without images. On processors where TensorFlow computes it with oneDNN's newer
 * kernels the result has the channels of the images in the place of those of the filter.
 */
function repairConvolutionOfNothing(): void {
  const upstream = tf.getKernel("Conv2D", "tensorflow");
  if (!upstream) return;
  tf.unregisterKernel("Conv2D", "tensorflow");
  tf.registerKernel({
    ...upstream,
    kernelFunc: (call) => {
      const { x, filter } = call.inputs as Record<"x" | "filter", tf.TensorInfo>;
      if (x.shape.every((length) => length > 0)) return upstream.kernelFunc(call);
      const { strides, dilations, pad, dimRoundingMode } = call.attrs as unknown as Convolution;
      const shape = tf.backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        filter.shape as [number, number, number, number],
        strides,
        dilations,
        pad,
        dimRoundingMode,
      ).outShape;
      const backend = call.backend as tf.KernelBackend;
      const dataId = backend.write(
        new Float32Array(tf.util.sizeFromShape(shape)),
        shape,
        "float32",
      );
      return { dataId, shape, dtype: "float32" };
    },
  });
}

/** Mends the kernels; for a backend that was just registered. */
export function repairKernels(): void {
  repairConvolutionOfNothing();
}
