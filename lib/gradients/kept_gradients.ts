import * as tf from "@tensorflow/tfjs";
import type { DenseLayer } from "./_dense.ts";
import { denseInnerProducts, innerProducts } from "./_inner_products.ts";
import type { Tape } from "./tape.ts";
import { jacobianRows, splitRow, symmetric, weightRows } from "./task_gradients.ts";

/** Gradients together smaller than this are added as the rows of one matrix. */
const SMALL = 2 ** 16;

/**
 * The gradients of several losses by the same tensors, kept to be multiplied with each other and
 * added with weights. Owns them until {@linkcode dispose}.
 *
 * The gradient by the weight of a dense layer may be kept as the derivative by what the layer gave
 * (its signal), with what the layer read: that is smaller and takes less time to get and to
 * multiply.
 */
export class KeptGradients {
  readonly #count: number;
  /** Gone once they are copied into rows. */
  #gradients: readonly (readonly (tf.Tensor | null)[])[];
  readonly #inputs: readonly tf.Tensor[];
  readonly #layers: readonly (DenseLayer | undefined)[];
  #rows: tf.Tensor2D | undefined;

  /**
   * Keeps the gradients of K losses by V tensors, which it owns from here on.
   * @param gradients `[K][V]`, in the order of `inputs`; `null` counts as zeros.
   * @param inputs The tensors that the losses were differentiated by.
   * @param layers For each input the dense layer whose weight it is, where `gradients` holds the
   * layer's signals in the place of the gradients by the weight. Their tape must live as long as
   * this object is used.
   */
  constructor(
    gradients: readonly (readonly (tf.Tensor | null)[])[],
    inputs: readonly tf.Tensor[],
    layers: readonly (DenseLayer | undefined)[] = [],
  ) {
    this.#count = gradients.length;
    this.#gradients = gradients;
    this.#inputs = inputs;
    this.#layers = layers;
  }

  /** The gradients as rows, `[K, n]`. They stay this object's. */
  rows(): tf.Tensor2D {
    if (!this.#rows) {
      this.#rows = tf.tidy(() => jacobianRows(this.#whole(), this.#inputs));
      this.#disposeGradients();
    }
    return this.#rows;
  }

  /** Inner products of all pairs, read as plain numbers. */
  async gramian(): Promise<number[][]> {
    const [gramian] = await this.gramianWith();
    return gramian;
  }

  /** {@linkcode gramian}, and scalars that are read in the same go. */
  async gramianWith(
    ...scalars: readonly tf.Tensor[]
  ): Promise<[gramian: number[][], scalars: number[]]> {
    const all = tf.tidy(() => {
      const product = this.#product().reshape([-1]);
      const others = scalars.map((scalar) => scalar.reshape([1]));
      return others.length === 0 ? product : tf.concat([product, ...others]);
    });
    const values = await all.data();
    all.dispose();
    const entries = this.#count ** 2;
    return [symmetric(values, this.#count), Array.from(values.subarray(entries))];
  }

  /** The gradients added with weights, by input. The caller owns the results. */
  weighted(weights: readonly number[]): tf.Tensor[] {
    if (this.#rows) {
      return tf.tidy(() => splitRow(weightRows(this.#rows!, weights), this.#inputs));
    }
    return tf.tidy(() =>
      this.#inputs.map((input, v) => {
        const column = this.#gradients.map((row) => row[v]);
        const present = weights.flatMap((weight, k) => column[k] ? [weight] : []);
        const parts = column.filter((part) => part !== null);
        if (parts.length === 0) return tf.zeros(input.shape);
        const sum = addWeighted(parts, present);
        const layer = this.#layers[v];
        return layer ? tf.matMul(layer.read, sum as tf.Tensor2D, true) : sum;
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

  /** The gradients with those of dense layers multiplied out. */
  #whole(): (tf.Tensor | null)[][] {
    return this.#gradients.map((row) =>
      row.map((part, v) => {
        const layer = this.#layers[v];
        return layer && part ? tf.matMul(layer.read, part as tf.Tensor2D, true) : part;
      })
    );
  }

  #product(): tf.Tensor {
    if (this.#rows) return tf.matMul(this.#rows, this.#rows, false, true);
    const count = this.#count;
    const sums: tf.Tensor[] = [];
    const short: tf.Tensor[][] = this.#gradients.map(() => []);
    this.#inputs.forEach((input, v) => {
      const column = this.#gradients.map((row) => row[v]);
      const example = column.find((part) => part !== null);
      if (!example) return;
      const layer = this.#layers[v];
      const parts = column.map((part) => part ?? tf.zerosLike(example));
      if (layer) sums.push(denseInnerProducts(layer.read, parts as tf.Tensor2D[]));
      else if (input.size * count > SMALL) sums.push(innerProducts(parts, parts));
      else parts.forEach((part, k) => short[k].push(part.reshape([-1])));
    });
    if (short[0].length > 0) {
      const rows = short.map((parts) => parts.length === 1 ? parts[0] : tf.concat(parts));
      sums.push(innerProducts(rows, rows));
    }
    return sums.length === 0 ? tf.zeros([count, count]) : sums.reduce((sum, part) => sum.add(part));
  }
}

/** `weights[0] * parts[0] + weights[1] * parts[1] + ...` */
function addWeighted(parts: readonly tf.Tensor[], weights: readonly number[]): tf.Tensor {
  if (parts.length * parts[0].size <= SMALL) {
    const rows = tf.stack(parts.map((part) => part.reshape([-1]))) as tf.Tensor2D;
    return weightRows(rows, weights).reshape(parts[0].shape);
  }
  return parts.map((part, k) => part.mul(weights[k])).reduce((sum, part) => sum.add(part));
}

/**
 * One backward pass for each loss, which gives its gradients for the shared tensors and for its own
 * at once. Shared weights of dense layers are kept as signals where that takes less work.
 *
 * @param losses K scalars of the tape.
 * @param shared Tensors that all losses are differentiated by: variables, or a representation.
 * @param own For each loss the tensors that only it is differentiated by.
 * @returns Both owned by the caller; the shared ones hold tensors of the tape, which must live on.
 */
export function keepGradients(
  tape: Tape,
  losses: readonly tf.Scalar[],
  shared: readonly tf.Tensor[],
  own: readonly (readonly tf.Tensor[])[] = losses.map(() => []),
): { kept: KeptGradients; own: (tf.Tensor | null)[][] } {
  const found = tape.denseLayers(shared);
  const layers = shared.map(({ id }) => {
    const layer = found.get(id);
    return layer && isCheaper(layer, losses.length) ? layer : undefined;
  });
  const sources = shared.map((input, v) => layers[v]?.output ?? input);
  const all = [...sources, ...own.flat()];
  const gradients: (tf.Tensor | null)[][] = [];
  const heads: (tf.Tensor | null)[][] = [];
  let start = sources.length;
  losses.forEach((loss, k) => {
    // Always the same list, so that the tape knows the way; a loss may reach what another owns.
    const row = tape.gradients(loss, all);
    const end = start + own[k].length;
    gradients.push(row.slice(0, sources.length));
    heads.push(row.slice(start, end));
    // Losses may own one tensor together, whose gradient then stands in several places.
    const wanted = new Set([...gradients[k], ...heads[k]]);
    for (const gradient of row) if (!wanted.has(gradient)) gradient?.dispose();
    start = end;
  });
  return { kept: new KeptGradients(gradients, shared, layers), own: heads };
}

/**
 * Whether K signals take fewer multiplications than K gradients: `a a'`, its product with each
 * signal, and one gradient of the weighted signals, against one gradient a loss.
 */
function isCheaper({ read, output }: DenseLayer, count: number): boolean {
  const [batch, features] = read.shape;
  const units = output.shape[1]!;
  return batch * batch * (features + count * units) + batch * features * units <
    count * batch * features * units;
}
