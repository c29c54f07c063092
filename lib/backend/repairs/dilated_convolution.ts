import * as tf from "@tensorflow/tfjs";

type Pair = readonly [number, number];

/**
 * Gives dilated convolutions a gradient, which TensorFlow.js declines: a dilated filter is a larger
 * filter with zeros between its cells, and the gradient of those zeros is left out.
 */
export function repairDilatedConvolution(): void {
  const upstream = tf.getGradient("Conv2D");
  tf.unregisterGradient("Conv2D");
  tf.registerGradient({
    ...upstream,
    gradFunc: (dy, saved, attributes) => {
      const { dilations, strides, pad, dataFormat, dimRoundingMode } = attributes;
      const [vertical, horizontal] = pair(dilations as number | Pair);
      if (vertical === 1 && horizontal === 1) return upstream.gradFunc(dy, saved, attributes);
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const spread = (length: number, dilation: number) => (length - 1) * dilation + 1;
      const [height, width, inChannels, outChannels] = filter.shape;
      const filterShape = [
        spread(height, vertical),
        spread(width, horizontal),
        inChannels,
        outChannels,
      ];
      const common = { strides, pad, dataFormat, dimRoundingMode };
      const run = (kernel: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap) =>
        tf.engine().runKernel(kernel, inputs, { ...common, ...more }) as tf.Tensor;
      return {
        x: () => {
          const inputs = {
            dy: dy as tf.Tensor,
            filter: spreadFilter(filter, [vertical, horizontal]),
          };
          return run("Conv2DBackpropInput", inputs, { inputShape: x.shape });
        },
        filter: () => {
          const whole = run("Conv2DBackpropFilter", { x, dy: dy as tf.Tensor }, { filterShape });
          const step = [vertical, horizontal, 1, 1];
          return tf.stridedSlice(whole, [0, 0, 0, 0], filterShape, step);
        },
      };
    },
  });
}

function pair(dilations: number | Pair): Pair {
  return typeof dilations === "number" ? [dilations, dilations] : dilations;
}

/** The filter with zeros between its cells. */
function spreadFilter(filter: tf.Tensor4D, [vertical, horizontal]: Pair): tf.Tensor4D {
  const [height, width, inChannels, outChannels] = filter.shape;
  const cells = tf.reshape(filter, [height, 1, width, 1, inChannels * outChannels]);
  const padded = tf.pad(cells, [[0, 0], [0, vertical - 1], [0, 0], [0, horizontal - 1], [0, 0]]);
  const shape = [height * vertical, width * horizontal, inChannels, outChannels];
  const size = [(height - 1) * vertical + 1, (width - 1) * horizontal + 1, inChannels, outChannels];
  return tf.slice(tf.reshape(padded, shape), [0, 0, 0, 0], size) as tf.Tensor4D;
}
