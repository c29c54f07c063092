import * as tf from "@tensorflow/tfjs";
import {
  jacobianRows,
  readGramian,
  readSymmetric,
  splitRow,
  weightRows,
} from "./task_gradients.ts";

/** Up to so many losses, products of pairs are faster than one product of matrices. */
const FEW = 3;

/**
 * The gradients of several losses by the same tensors, kept to be multiplied with each other and
 * added with weights. Owns them until {@linkcode dispose}.
 */
export class KeptGradients {
  readonly #count: number;
  /** Gone once they are copied into rows. */
  #gradients: readonly (readonly (tf.Tensor | null)[])[];
  readonly #inputs: readonly tf.Tensor[];
  #rows: tf.Tensor2D | undefined;

  /**
   * @param gradients `[K][V]`, in the order of `inputs`; `null` counts as zeros.
   * @param inputs The tensors that the losses were differentiated by.
   */
  constructor(
    gradients: readonly (readonly (tf.Tensor | null)[])[],
    inputs: readonly tf.Tensor[],
  ) {
    this.#count = gradients.length;
    this.#gradients = gradients;
    this.#inputs = inputs;
  }

  /** The gradients as rows, `[K, n]`. They stay this object's. */
  rows(): tf.Tensor2D {
    if (!this.#rows) {
      this.#rows = jacobianRows(this.#gradients, this.#inputs);
      this.#disposeGradients();
    }
    return this.#rows;
  }

  /** Inner products of all pairs, read as plain numbers. */
  async gramian(): Promise<number[][]> {
    const count = this.#count;
    if (this.#rows || count > FEW) return await readGramian(this.rows());
    const product = tf.tidy(() => {
      const entries = this.#gradients.flatMap((_, i) =>
        this.#gradients.map((__, j) => j > i ? tf.scalar(0) : this.#product(i, j))
      );
      return tf.stack(entries).reshape([count, count]) as tf.Tensor2D;
    });
    const gramian = await readSymmetric(product);
    product.dispose();
    return gramian;
  }

  /** The gradients added with weights, by input. The caller owns the results. */
  weighted(weights: readonly number[]): tf.Tensor[] {
    if (this.#rows || this.#count > FEW) {
      return tf.tidy(() => splitRow(weightRows(this.rows(), weights), this.#inputs));
    }
    return tf.tidy(() =>
      this.#inputs.map((input, v) => {
        const terms = this.#gradients.flatMap((gradients, k) =>
          gradients[v] ? [gradients[v].mul(weights[k])] : []
        );
        if (terms.length === 0) return tf.zeros(input.shape);
        return terms.reduce((sum, term) => sum.add(term));
      })
    );
  }

  /** Frees the gradients. */
  dispose(): void {
    this.#rows?.dispose();
    this.#disposeGradients();
  }

  #disposeGradients(): void {
    tf.dispose(this.#gradients.flat().filter((gradient) => gradient !== null));
    this.#gradients = [];
  }

  #product(i: number, j: number): tf.Tensor {
    const parts = this.#inputs.flatMap(({ shape }, v) => {
      const [a, b] = [this.#gradients[i][v], this.#gradients[j][v]];
      if (!a || !b) return [];
      // Sums of sums lose fewer digits than one long one.
      const lines = a.mul(b).reshape([-1, shape[shape.length - 1] ?? 1]);
      return [lines.sum(-1).sum()];
    });
    return parts.length === 0 ? tf.scalar(0) : parts.reduce((sum, part) => sum.add(part));
  }
}
