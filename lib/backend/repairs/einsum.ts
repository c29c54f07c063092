import * as tf from "@tensorflow/tfjs";
import { registerMissing } from "./_register_missing.ts";

/**
 * Gives Einsum a gradient: for `ab,bc->ac` the gradient of the first operand is `ac,bc->ab`.
 *
 * An index that only one operand has was summed out of it alone: its gradient is the same all along
 * that axis.
 */
export function repairEinsum(): void {
  registerMissing({
    kernelName: "Einsum",
    saveAllInputs: true,
    gradFunc: (dy, operands, { equation }) => {
      const [left, result] = (equation as string).replaceAll(" ", "").split("->");
      const indices = left.split(",");
      return Object.fromEntries(operands.map((operand, position) => {
        const others = indices.filter((_, index) => index !== position);
        const tensors = operands.filter((_, index) => index !== position);
        return [position, () => {
          const own = indices[position];
          const found = [...own].filter((index) => [result, ...others].join("").includes(index));
          const back = `${[result, ...others].join(",")}->${found.join("")}`;
          const gradient = tf.einsum(back, dy as tf.Tensor, ...tensors);
          const kept = operand.shape.map((length, axis) => found.includes(own[axis]) ? length : 1);
          return tf.broadcastTo(tf.reshape(gradient, kept), operand.shape);
        }];
      }));
    },
  });
}
