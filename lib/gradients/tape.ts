import * as tf from "@tensorflow/tfjs";
import { addTo, backpropagate } from "./_backpropagate.ts";
import { type DenseLayer, denseLayers } from "./_dense.ts";
import { ancestorsOf, disposeSaved, record, type TapeNode } from "./_engine.ts";
import { accumulateGramian } from "./_gramian.ts";

/**
 * A recorded forward pass that can be differentiated again and again.
 *
 * `tf.grad` and its kin record anew for every derivative. A tape records once; each call of
 * {@linkcode gradients} then costs one backward pass, and only through the operations that lie
 * between the tensors asked for. Made by {@linkcode recordTape}; holds tensors until
 * {@linkcode dispose}.
 */
export class Tape {
  readonly #nodes: readonly TapeNode[];
  readonly #recorded: readonly TapeNode[];
  /** For lists of tensors asked for before: the recorded operations that depend on them. */
  readonly #dependents = new WeakMap<readonly tf.Tensor[], readonly TapeNode[]>();
  #disposed = false;

  /**
   * Made by {@linkcode recordTape}.
   * @param nodes Operations to go back through.
   * @param recorded All that hold tensors, those among them.
   */
  constructor(nodes: readonly TapeNode[], recorded: readonly TapeNode[] = nodes) {
    this.#nodes = nodes;
    this.#recorded = recorded;
  }

  /**
   * Derivatives of `output` with respect to each of `inputs`; `null` where it does not depend on
   * one.
   *
   * `inputs` may be variables or tensors made on the way. Give the same array again for further
   * outputs: what depends on it is then known.
   *
   * @param upstream Derivative of something with respect to `output`, of its shape; default ones.
   * @returns New tensors of the shapes of `inputs`, owned by the caller.
   */
  gradients(
    output: tf.Tensor,
    inputs: readonly tf.Tensor[],
    upstream?: tf.Tensor,
  ): (tf.Tensor | null)[] {
    return this.gradientsOfSum([output], inputs, upstream && [upstream]);
  }

  /**
   * Derivatives of the sum of `outputs`, each multiplied by its `upstream`, in one backward pass.
   * Otherwise as {@linkcode gradients}.
   */
  gradientsOfSum(
    outputs: readonly tf.Tensor[],
    inputs: readonly tf.Tensor[],
    upstreams?: readonly tf.Tensor[],
  ): (tf.Tensor | null)[] {
    if (this.#disposed) throw new Error("This tape was disposed; record a new one.");
    outputs.forEach((output, at) => {
      const given = upstreams?.[at].shape ?? output.shape;
      if (given.join() === output.shape.join()) return;
      throw new RangeError(
        `upstream must have the shape [${output.shape}] of the output, but has [${given}].`,
      );
    });
    return tf.tidy(() => {
      const gradients = new Map<number, tf.Tensor>();
      outputs.forEach((output, at) => {
        addTo(gradients, output.id, upstreams ? upstreams[at].clone() : tf.onesLike(output));
      });
      backpropagate(this.#nodesFrom(inputs), gradients, new Set(inputs.map(({ id }) => id)));
      const found = inputs.map(({ id }) => gradients.get(id) ?? null);
      // `tidy` passes nulls through, though its type does not say so.
      return found as tf.Tensor[];
    });
  }

  /**
   * The inner products of the gradients of several outputs, without keeping those gradients: all
   * outputs go back through the recording side by side, and the gradients by one input are
   * multiplied and freed as soon as they are complete.
   *
   * @param outputs K scalars.
   * @param inputs Tensors that all outputs are differentiated by.
   * @param own For each output the tensors that only it is differentiated by.
   * @returns The Gramian `[K, K]` over `inputs`, and the gradients by `own`; owned by the caller.
   */
  gramian(
    outputs: readonly tf.Scalar[],
    inputs: readonly tf.Tensor[],
    own: readonly (readonly tf.Tensor[])[] = outputs.map(() => []),
  ): { gramian: tf.Tensor2D; own: (tf.Tensor | null)[][] } {
    if (this.#disposed) throw new Error("This tape was disposed; record a new one.");
    const nodes = this.#nodesFrom([...inputs, ...own.flat()]);
    return tf.tidy(() => {
      const found = accumulateGramian(nodes, outputs, inputs, own);
      // `tidy` passes nulls through, though its type does not say so.
      return found as { gramian: tf.Tensor2D; own: tf.Tensor[][] };
    });
  }

  /** The dense layers whose weights are among `inputs` and used once, by the id of the weight. */
  denseLayers(inputs: readonly tf.Tensor[]): Map<number, DenseLayer> {
    return denseLayers(this.#nodesFrom(inputs), inputs);
  }

  /** Frees what the tape keeps. Gradients that were taken stay. */
  dispose(): void {
    if (!this.#disposed) disposeSaved(this.#recorded);
    this.#disposed = true;
  }

  #nodesFrom(inputs: readonly tf.Tensor[]): readonly TapeNode[] {
    const known = this.#dependents.get(inputs);
    if (known) return known;
    const reached = new Set(inputs.map(({ id }) => id));
    const nodes = this.#nodes.flatMap((node) => {
      const within = Object.entries(node.inputs).filter(([, tensor]) => reached.has(tensor.id));
      if (within.length === 0) return [];
      for (const { id } of node.outputs) reached.add(id);
      return [{ ...node, inputs: Object.fromEntries(within) }];
    });
    this.#dependents.set(inputs, nodes);
    return nodes;
  }
}

/**
 * Runs `forward` once and records it.
 *
 * @returns What `forward` returned, owned by the caller, and the tape, to be disposed. Only tensors
 * that are part of the result can be differentiated.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { gradients } from "polytask";
 *
 * const x = tf.variable(tf.scalar(3));
 * const { result, tape } = gradients.recordTape(() => ({ square: x.square(), cube: x.pow(3) }));
 * const [slope] = tape.gradients(result.square, [x]); // 6
 * const [other] = tape.gradients(result.cube, [x]); // 27
 * console.log((await slope!.data())[0], (await other!.data())[0]);
 * tape.dispose();
 * tf.dispose([x, result.square, result.cube, slope!, other!]);
 * ```
 */
export function recordTape<Result extends tf.TensorContainer>(
  forward: () => Result,
): { result: Result; tape: Tape } {
  const { result, nodes } = record(forward);
  return { result, tape: new Tape(ancestorsOf(result, nodes), nodes) };
}
