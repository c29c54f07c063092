import * as tf from "@tensorflow/tfjs";

type Pair = readonly [number, number];

/**
 * Gives dilated convolutions, ordinary and depthwise, a gradient, which TensorFlow.js declines: a
 * dilated filter is a larger filter with zeros between its cells, and the gradient of those zeros is
 * left out.
 */
export function repairDilatedConvolution(): void {
  for (const kernelName of ["Conv2D", "DepthwiseConv2dNative"]) {
    const upstream = tf.getGradient(kernelName);
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      ...upstream,
      gradFunc: (dy, saved, attributes) => {
        const dilations = pair(attributes.dilations as unknown as number | Pair);
        if (dilations.every((dilation) => dilation === 1)) {
          return upstream.gradFunc(dy, saved, attributes);
        }
        const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
        const gradients = () =>
          upstream.gradFunc(dy, [x, spreadFilter(filter, dilations)], {
            ...attributes,
            dilations: [1, 1],
          });
        return {
          x: () => gradients().x(),
          filter: () => {
            const whole = gradients().filter();
            return tf.stridedSlice(whole, [0, 0, 0, 0], whole.shape, [...dilations, 1, 1]);
          },
        };
      },
    });
  }
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
