import * as tf from "@tensorflow/tfjs";

/** Constants that were made for a program. */
export class MadeConstants {
  readonly #tensors: tf.Tensor[] = [];

  /** A new constant, which stays until {@linkcode dispose}. */
  make(numbers: Float32Array, shape: readonly number[]): tf.Tensor {
    const tensor = tf.tensor(numbers, [...shape]);
    this.#tensors.push(tensor);
    return tensor;
  }

  /** Releases all. */
  dispose(): void {
    tf.dispose(this.#tensors.splice(0));
  }
}
