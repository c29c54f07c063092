import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { startWasm } from "../../lib/backend/wasm/mod.ts";
import { testOperations } from "./_operations.ts";

// Four threads, however many cores there are, and work cut up however small it is.
await startWasm({ threads: 4, leastWork: 0 });
const report = await useBackend({ backend: "wasm" });

Deno.test("the report counts the threads", () => assert.equal(report.threads, 4));

testOperations("wasm", "four threads");

for (const channels of [3, 12]) {
  Deno.test(`four threads give the same bits in every run: ${channels} channels`, async () => {
    await tf.setBackend("wasm");
    const x = tf.randomNormal([33, 14, 14, channels], 0, 1, "float32", 1) as tf.Tensor4D;
    const filter = tf.randomNormal([3, 3, channels, 12], 0, 1, "float32", 2) as tf.Tensor4D;
    const run = async () => {
      const gradients = tf.grads((image: tf.Tensor, kernel: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(image as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same")))
      )([x, filter]);
      const bits = await Promise.all(gradients.map((gradient) => gradient.data()));
      tf.dispose(gradients);
      return bits;
    };
    const first = await run();
    for (let count = 0; count < 20; count++) assert.deepEqual(await run(), first);
    tf.dispose([x, filter]);
  });
}
