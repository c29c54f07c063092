import * as tf from "@tensorflow/tfjs";
import type { TapeNode } from "./_engine.ts";

/**
 * Goes back through the operations and adds up derivatives by tensor id. Derivatives of tensors
 * that nobody asked for are freed as soon as they have been passed on.
 */
export function backpropagate(
  nodes: readonly TapeNode[],
  gradients: Map<number, tf.Tensor>,
  asked: ReadonlySet<number>,
): void {
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    const upstream = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    if (upstream.every((gradient) => gradient === null)) continue;
    const derivatives = derivativesOf(node, upstream);
    for (const [name, input] of Object.entries(node.inputs)) {
      addTo(gradients, input.id, derivative(node, name, derivatives, upstream));
    }
    for (const { id } of node.outputs) {
      if (asked.has(id)) continue;
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
  }
}

type Upstream = readonly (tf.Tensor | null)[];
type Derivatives = Readonly<Record<string, () => tf.Tensor>>;

/** The derivatives of an operation, to be computed one by one. */
export function derivativesOf(node: TapeNode, upstream: Upstream): Derivatives {
  if (node.gradient) return node.gradient(upstream);
  throw new Error(
    `TensorFlow.js has no derivative of the operation ${node.kernelName}; use another in the model or the loss.`,
  );
}

/** Computes the derivative of an operation with respect to one of its inputs. */
export function derivative(
  node: TapeNode,
  name: string,
  derivatives: Derivatives,
  upstream: Upstream,
): tf.Tensor {
  const compute = derivatives[name];
  if (!compute) {
    throw new Error(
      `TensorFlow.js has no derivative of ${node.kernelName} with respect to its input ${name}.`,
    );
  }
  const part = tf.tidy(() => {
    const value = compute();
    // Some derivatives hand the upstream tensor on, which is freed after use.
    return upstream.includes(value) ? value.clone() : value;
  });
  const { shape } = node.inputs[name];
  if (part.shape.join() === shape.join()) return part;
  throw new Error(
    `The derivative of ${node.kernelName} with respect to ${name} has the shape [${part.shape}] instead of [${shape}]: this operation does not broadcast here.`,
  );
}

/** Adds a part to the derivative that a tensor has; consumes both. */
export function addTo(gradients: Map<number, tf.Tensor>, id: number, part: tf.Tensor): void {
  const before = gradients.get(id);
  gradients.set(id, before ? before.add(part) : part);
  if (before) tf.dispose([before, part]);
}
