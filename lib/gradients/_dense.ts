import type * as tf from "@tensorflow/tfjs";
import type { TapeNode } from "./_engine.ts";

/** A dense layer `output = read weight`, as it was recorded. */
export interface DenseLayer {
  /** `[batch, features]`; belongs to the tape. */
  readonly read: tf.Tensor2D;
  /** `[batch, units]`; may have been disposed, stands for its place on the tape. */
  readonly output: tf.Tensor;
}

/** Where an input is used first, and how often. */
export function usesOf(nodes: readonly TapeNode[], asked: ReadonlyMap<number, tf.Tensor>) {
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
 * The name of a matrix product's right operand when it is an input used nowhere else: its gradients
 * then follow from what the product read and from the derivatives by its output.
 */
export function denseWeight(
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
  return plain ? "b" : undefined;
}

/** The dense layers whose weights are among `inputs`, by the id of the weight. */
export function denseLayers(
  nodes: readonly TapeNode[],
  inputs: readonly tf.Tensor[],
): Map<number, DenseLayer> {
  const asked = new Map(inputs.map((input) => [input.id, input]));
  const uses = usesOf(nodes, asked);
  const layers = new Map<number, DenseLayer>();
  for (const node of nodes) {
    if (denseWeight(node, asked, uses) === undefined) continue;
    const { b } = node.inputs;
    const [read] = node.saved as [tf.Tensor2D];
    const [output] = node.outputs;
    // The gradient read' signal has the shape of the weight only when this is not transposed.
    if (b.shape[0] === read.shape[1] && b.shape[1] === output.shape[1]) {
      layers.set(b.id, { read, output });
    }
  }
  return layers;
}
