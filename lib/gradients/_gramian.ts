import * as tf from "@tensorflow/tfjs";
import { addTo, derivative, derivativesOf } from "./_backpropagate.ts";
import { denseWeight, usesOf } from "./_dense.ts";
import type { TapeNode } from "./_engine.ts";
import { denseInnerProducts, innerProducts } from "./_inner_products.ts";

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
  /** What is made on the way is complete, and passed on, once the operation that made it is done. */
  const made = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
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
      const short = weight !== undefined && isShort(node);
      if (short) {
        const signals = upstreams.map(([upstream]) => upstream ?? tf.zeros(node.outputs[0].shape));
        sum.addDense(node.saved![0] as tf.Tensor2D, signals as tf.Tensor2D[]);
      }
      for (const k of active) {
        const derivatives = derivativesOf(node, upstreams[k]);
        for (const [name, input] of Object.entries(node.inputs)) {
          if (short && name === weight) continue;
          addTo(gradients[k], input.id, derivative(node, name, derivatives, upstreams[k]));
        }
      }
    }
    for (const { id } of node.outputs) {
      const input = asked.get(id);
      if (input) finish(input);
      for (const [k, found] of gradients.entries()) {
        if (kept[k].has(id)) continue;
        found.get(id)?.dispose();
        found.delete(id);
      }
    }
    for (const { id } of Object.values(node.inputs)) {
      const input = asked.get(id);
      if (input && !made.has(id) && uses.get(id)!.first === at) finish(input);
    }
  }
  inputs.forEach(finish);
  return {
    gramian: sum.value(),
    own: own.map((tensors, k) => tensors.map(({ id }) => gradients[k].get(id) ?? null)),
  };
}

/** Whether a dense layer has more features than rows: the short cut is then the cheaper way. */
function isShort({ saved }: TapeNode): boolean {
  const [rows, features] = saved![0].shape;
  return features > rows;
}

/** Adds up inner products `[K, K]`. */
class GramianSum {
  #sum: tf.Tensor2D;

  constructor(readonly count: number) {
    this.#sum = tf.zeros([count, count]);
  }

  /** Adds the inner products of K tensors of one shape. */
  addRows(rows: readonly tf.Tensor[]): void {
    this.#add(() => innerProducts(rows, rows));
  }

  /** Adds the inner products of the weight gradients of a dense layer, without them. */
  addDense(read: tf.Tensor2D, signals: readonly tf.Tensor2D[]): void {
    this.#add(() => denseInnerProducts(read, signals));
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
