import * as tf from "@tensorflow/tfjs";
import { addTo, derivative, derivativesOf } from "./_backpropagate.ts";
import type { TapeNode } from "./_engine.ts";

/**
 * Sends several outputs back through the operations side by side and adds up the inner products of
 * their gradients, input by input. Runs inside `tf.tidy`.
 */
export function accumulateGramian(
  nodes: readonly TapeNode[],
  outputs: readonly tf.Scalar[],
  inputs: readonly tf.Tensor[],
  own: readonly (readonly tf.Tensor[])[],
): { gramian: tf.Tensor2D; own: (tf.Tensor | null)[][] } {
  const sum = new GramianSum(outputs.length);
  const asked = new Map(inputs.map((input) => [input.id, input]));
  const kept = own.map((tensors) => new Set(tensors.map(({ id }) => id)));
  const gradients = outputs.map((output) =>
    new Map<number, tf.Tensor>([[output.id, tf.onesLike(output) as tf.Tensor]])
  );
  const uses = usesOf(nodes, asked);
  /** Multiplies the gradients by one input, which must be complete, and frees them. */
  const finish = (input: tf.Tensor) => {
    const rows = gradients.map((found) => found.get(input.id));
    if (rows.some((row) => row !== undefined)) {
      sum.addRows(rows.map((row) => row ?? tf.zeros(input.shape)));
    }
    for (const found of gradients) {
      found.get(input.id)?.dispose();
      found.delete(input.id);
    }
  };

  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    const upstreams = gradients.map((found) => node.outputs.map(({ id }) => found.get(id) ?? null));
    const active = upstreams.flatMap((upstream, k) => upstream.some((g) => g !== null) ? [k] : []);
    if (active.length > 0) {
      const weight = denseWeight(node, asked, uses);
      if (weight !== undefined) {
        const signals = upstreams.map(([upstream]) => upstream ?? tf.zerosLike(node.outputs[0]));
        sum.addDense(node.saved![0] as tf.Tensor2D, signals as tf.Tensor2D[]);
      }
      for (const k of active) {
        const derivatives = derivativesOf(node, upstreams[k]);
        for (const [name, input] of Object.entries(node.inputs)) {
          if (name === weight) continue;
          addTo(gradients[k], input.id, derivative(node, name, derivatives, upstreams[k]));
        }
      }
    }
    for (const { id } of node.outputs) {
      if (asked.has(id)) continue;
      for (const [k, found] of gradients.entries()) {
        if (kept[k].has(id)) continue;
        found.get(id)?.dispose();
        found.delete(id);
      }
    }
    for (const { id } of Object.values(node.inputs)) {
      const input = asked.get(id);
      if (input && uses.get(id)!.first === at) finish(input);
    }
  }
  inputs.forEach(finish);
  return {
    gramian: sum.value(),
    own: own.map((tensors, k) => tensors.map(({ id }) => gradients[k].get(id) ?? null)),
  };
}

/** Where an input is used first, and how often. */
function usesOf(nodes: readonly TapeNode[], asked: ReadonlyMap<number, tf.Tensor>) {
  const uses = new Map<number, { first: number; count: number }>();
  nodes.forEach((node, at) => {
    for (const { id } of Object.values(node.inputs)) {
      if (!asked.has(id)) continue;
      const known = uses.get(id);
      if (known) known.count++;
      else uses.set(id, { first: at, count: 1 });
    }
  });
  return uses;
}

/**
 * The name of a matrix product's right operand when it is an input used nowhere else with more rows
 * than the left operand: then the inner products are cheaper to have from the signals.
 */
function denseWeight(
  node: TapeNode,
  asked: ReadonlyMap<number, tf.Tensor>,
  uses: ReadonlyMap<number, { first: number; count: number }>,
): "b" | undefined {
  if (node.kernelName !== "BatchMatMul" || !node.saved || !node.inputs.b) return undefined;
  const { b } = node.inputs;
  const [a] = node.saved;
  const [output] = node.outputs;
  if (!asked.has(b.id) || uses.get(b.id)!.count > 1) return undefined;
  if (a.rank !== 2 || b.rank !== 2 || output.rank !== 2) return undefined;
  const [rows, features] = a.shape as [number, number];
  // A transposed left operand has other shapes; a transposed right one gives the same products.
  const plain = output.shape[0] === rows && b.size === features * output.shape[1]!;
  return plain && features > rows ? "b" : undefined;
}

/** Adds up inner products `[K, K]`. */
class GramianSum {
  #sum: tf.Tensor2D;

  constructor(readonly count: number) {
    this.#sum = tf.zeros([count, count]);
  }

  /** Adds the inner products of K tensors of one shape. */
  addRows(rows: readonly tf.Tensor[]): void {
    this.#add(() => {
      const matrix = tf.stack(rows.map((row) => row.reshape([-1]))) as tf.Tensor2D;
      return tf.matMul(matrix, matrix, false, true);
    });
  }

  /**
   * Adds the inner products of the weight gradients `a' d_k` of a dense layer, without them:
   * `<a' d_k, a' d_l> = <(a a') d_k, d_l>`.
   *
   * @param a What the layer read, `[batch, features]`.
   * @param signals Derivatives by what it gave, K times `[batch, units]`.
   */
  addDense(a: tf.Tensor2D, signals: readonly tf.Tensor2D[]): void {
    this.#add(() => {
      const products = tf.matMul(a, a, false, true);
      const rows = tf.stack(signals.map((signal) => signal.reshape([-1]))) as tf.Tensor2D;
      const moved = tf.stack(
        signals.map((signal) => tf.matMul(products, signal).reshape([-1])),
      ) as tf.Tensor2D;
      return tf.matMul(moved, rows, false, true);
    });
  }

  value(): tf.Tensor2D {
    return this.#sum;
  }

  #add(part: () => tf.Tensor2D): void {
    const next = tf.tidy(() => this.#sum.add<tf.Tensor2D>(part()));
    this.#sum.dispose();
    this.#sum = next;
  }
}
