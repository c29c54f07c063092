import * as tf from "@tensorflow/tfjs";
import { registerMissing } from "./_register_missing.ts";

const binary = [
  "Equal",
  "NotEqual",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
  "LogicalAnd",
  "LogicalOr",
  "LogicalXor",
];
const unary = ["LogicalNot", "IsNan", "IsInf", "IsFinite", "Any", "All", "ArgMax", "ArgMin"];

/**
 * Lets gradients run through comparisons: they are steps, so their gradient is zero.
 *
 * TensorFlow.js has none registered, and `tf.where(x.greater(0), x, 0)` throws when differentiated.
 */
export function repairComparisons(): void {
  for (const kernelName of binary) {
    registerMissing({
      kernelName,
      inputsToSave: ["a", "b"],
      gradFunc: (_dy, [a, b]) => ({ a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) }),
    });
  }
  for (const kernelName of unary) {
    registerMissing({
      kernelName,
      inputsToSave: ["x"],
      gradFunc: (_dy, [x]) => ({ x: () => tf.zeros(x.shape) }),
    });
  }
}
