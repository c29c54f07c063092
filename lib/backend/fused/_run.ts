import * as tf from "@tensorflow/tfjs";

/** Whether the current backend has a kernel of this name. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** What {@linkcode runFused} computes. */
export interface FusedOperation {
  readonly inputs: readonly tf.Tensor[];
  /** All outputs; the first one is the result. */
  readonly forward: (inputs: readonly tf.Tensor[]) => tf.Tensor[];
  /** Tensors that the gradient needs, besides dy and all outputs. */
  readonly needs: readonly tf.Tensor[];
  /** The gradients of the inputs, from dy, the tensors that it needs, and the outputs. */
  readonly backward: (
    dy: tf.Tensor,
    needs: readonly tf.Tensor[],
    outputs: readonly tf.Tensor[],
  ) => tf.Tensor[];
}

/** Runs kernels as one operation with a gradient of its own. */
export function runFused({ inputs, forward, needs, backward }: FusedOperation): tf.Tensor {
  const operation = tf.customGrad((...list) => {
    const save = list.pop() as tf.GradSaveFunc;
    const outputs = forward(list as tf.Tensor[]);
    save([...needs, ...outputs]);
    return {
      value: outputs[0],
      gradFunc: (dy, saved) => {
        const tensors = saved as tf.Tensor[];
        const kept = tensors.slice(0, needs.length);
        return backward(dy as tf.Tensor, kept, tensors.slice(needs.length));
      },
    };
  });
  return operation(...inputs);
}
