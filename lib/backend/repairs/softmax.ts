import * as tf from "@tensorflow/tfjs";

const fused = "PolytaskSoftmaxGradient";

/** Gives Softmax a gradient in one pass where the backend has a kernel for it. */
export function repairSoftmax(): void {
  const upstream = tf.getGradient("Softmax");
  tf.unregisterGradient("Softmax");
  tf.registerGradient({
    ...upstream,
    gradFunc: (dy, saved, attributes) => {
      const [y] = saved;
      const last = attributes.dim as unknown === y.rank - 1;
      if (!last || !tf.getKernel(fused, tf.getBackend())) {
        return upstream.gradFunc(dy, saved, attributes);
      }
      const inputs = { y, dy: dy as tf.Tensor };
      return { logits: () => tf.engine().runKernel(fused, inputs, { scale: 1 }) as tf.Tensor };
    },
  });
}
