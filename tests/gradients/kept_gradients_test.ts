import { ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { KeptGradients } from "../../lib/gradients/mod.ts";
import { gramianOf, weightedSum } from "../../lib/math/matrix.ts";

await tf.setBackend("cpu");

for (const count of [1, 2, 3, 4, 7]) {
  for (const asRows of [false, true]) {
    Deno.test(`kept gradients of ${count} losses${asRows ? " as rows" : ""}`, async () => {
      const before = tf.memory().numTensors;
      const inputs = [tf.zeros([3, 2]), tf.scalar(0), tf.zeros([5])];
      const gradients = Array.from({ length: count }, (_, k) =>
        inputs.map(({ shape }, v) =>
          // The last loss does not depend on the last input.
          k === count - 1 && v === 2
            ? null
            : tf.randomNormal(shape, 0, 1, "float32", 10 * k + v + 1)
        ));
      const rows = await Promise.all(gradients.map(async (row) => {
        const parts = await Promise.all(
          row.map(async (part, v) =>
            Array.from(part ? await part.data() : new Float32Array(inputs[v].size))
          ),
        );
        return parts.flat();
      }));
      const kept = new KeptGradients(gradients, inputs);
      if (asRows) {
        const values = await kept.rows().array();
        rows.flat().forEach((value, at) => strictEqual(values.flat()[at], value));
      }
      const gramian = await kept.gramian();
      gramianOf(rows).forEach((row, i) =>
        row.forEach((value, j) => {
          ok(Math.abs(gramian[i][j] - value) < 1e-5 * (1 + Math.abs(value)));
          strictEqual(gramian[i][j], gramian[j][i]);
        })
      );
      const weights = gradients.map((_, k) => 0.5 - k);
      const sums = kept.weighted(weights);
      const expected = weightedSum(rows, weights);
      const found = (await Promise.all(sums.map((sum) => sum.data()))).flatMap((v) =>
        Array.from(v)
      );
      expected.forEach((value, at) =>
        ok(Math.abs(found[at] - value) < 1e-5 * (1 + Math.abs(value)))
      );
      sums.forEach((sum, v) => strictEqual(sum.shape.join(), inputs[v].shape.join()));
      kept.dispose();
      tf.dispose([...sums, ...inputs]);
      strictEqual(tf.memory().numTensors, before);
    });
  }
}
