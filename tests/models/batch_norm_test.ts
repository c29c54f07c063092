import { deepStrictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { layers, VariableScope } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

testOnBackends("batchNorm takes the figures of the batch, then their moving averages", async () => {
  const scope = new VariableScope("layer", 1);
  const layer = layers.batchNorm({ decay: 0.5 }).build([2], scope);
  // Channels with mean 2 and 10, variance 1 and 4.
  const input = tf.tensor2d([[1, 8], [3, 12]]);
  const epsilon = 1e-5;
  const unit = 1 / Math.sqrt(1 + epsilon), two = 2 / Math.sqrt(4 + epsilon);
  near(await take(layer.apply(input, { training: true })), [-unit, -two, unit, two]);
  const values = new Map(scope.variables.map(({ name, variable }) => [name, variable]));
  near(await values.get("layer/moving mean")!.data(), [1, 5]);
  near(await values.get("layer/moving variance")!.data(), [1, 2.5]);
  near(
    await take(layer.apply(input, { training: false })),
    [1, 8, 3, 12].map((value, at) =>
      (value - [1, 5][at % 2]) / Math.sqrt([1, 2.5][at % 2] + epsilon)
    ),
  );
  deepStrictEqual(scope.variables.map(({ variable }) => variable.trainable), [
    true,
    true,
    false,
    false,
  ]);
  tf.dispose([input, ...values.values()]);
});

testOnBackends("the gradient of batchNorm passes through the figures of the batch", async () => {
  const scope = new VariableScope("layer", 1);
  const layer = layers.batchNorm().build([1], scope);
  const input = tf.tensor2d([[1], [2], [4]]);
  const weights = tf.tensor2d([[1], [-2], [3]]);
  const loss = (x: tf.Tensor) => layer.apply(x, { training: true }).mul(weights).sum() as tf.Scalar;
  const slope = await take(tf.grad(loss)(input));
  const values = [1, 2, 4];
  const step = 1e-3;
  const expected = values.map((_, at) => {
    const [up, down] = [step, -step].map((change) => {
      const moved = values.map((value, other) => other === at ? value + change : value);
      const mean = moved.reduce((sum, value) => sum + value) / 3;
      const variance = moved.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
      return moved.reduce(
        (sum, value, row) => sum + [1, -2, 3][row] * (value - mean) / Math.sqrt(variance + 1e-5),
        0,
      );
    });
    return (up - down) / (2 * step);
  });
  near(slope, expected, 1e-3);
  tf.dispose([input, weights, ...scope.variables.map(({ variable }) => variable)]);
});

testOnCpu("batchNorm refuses settings out of range", () => {
  throws(() => layers.batchNorm({ decay: 1 }), /decay must be in \[0, 1\), but is 1/);
  throws(() => layers.batchNorm({ epsilon: 0 }), /epsilon must be a number above 0/);
});
