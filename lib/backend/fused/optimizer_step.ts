import * as tf from "@tensorflow/tfjs";
import { hasKernel } from "./_run.ts";

/** A variable in a step of an optimizer. */
export interface VariableStep {
  /** Changed in place by the step; the caller owns it. */
  readonly variable: tf.Variable;
  /** Of the shape of the variable. */
  readonly gradient: tf.Tensor;
  /** What the optimizer keeps for it, changed by the step; kept and owned by the optimizer. */
  readonly slots: tf.Tensor[];
}

/**
 * One step of an optimizer on all variables by one kernel, in place, where the backend has it.
 *
 * Tensors that share the memory of a variable or a slot, such as clones, keep their values: that
 * variable or slot then gets memory of its own first, and the slot is replaced in its list.
 *
 * @param kernel `PolytaskAdam` or `PolytaskMomentum`.
 * @param attributes Settings of the kernel, with lists in the order of the steps.
 * @returns False where the backend has no such kernel; nothing is changed then.
 */
export function stepInPlace(
  kernel: string,
  steps: readonly VariableStep[],
  attributes: Readonly<Record<string, number | boolean | readonly number[]>>,
): boolean {
  if (!hasKernel(kernel)) return false;
  if (steps.length === 0) return true;
  for (const { variable, slots } of steps) {
    if (isShared(variable)) {
      const copy = copyOf(variable);
      variable.assign(copy);
      copy.dispose();
    }
    slots.forEach((slot, index) => {
      if (!isShared(slot)) return;
      slots[index] = tf.keep(copyOf(slot));
      slot.dispose();
    });
  }
  const inputs = steps.flatMap(({ variable, gradient, slots }) => [variable, gradient, ...slots]);
  const settings = { ...attributes, slots: steps[0].slots.length };
  tf.engine().runKernel(
    kernel,
    inputs as unknown as tf.NamedTensorMap,
    settings as unknown as tf.NamedAttrMap,
  );
  return true;
}

function isShared({ dataId }: tf.Tensor): boolean {
  const backend = tf.backend() as unknown as { refCount(id: object): number };
  return backend.refCount(dataId) > 1;
}

function copyOf(x: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel("PolytaskCopy", { x }) as tf.Tensor;
}
