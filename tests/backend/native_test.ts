import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { fit } from "../../lib/training/mod.ts";
import { smallModel, twoTasks } from "../_two_tasks.ts";
import { testOperations } from "./_operations.ts";

/** Why native TensorFlow cannot be tested here; one that is there but does not start is an error. */
const missing = await useBackend({ backend: "native" }).then(() => undefined, (error: Error) => {
  if (/tfjs-node is not installed/.test(error.message)) return error.message;
  throw error;
});

if (missing) {
  Deno.test({ name: "native: not installed; deno task native does it", ignore: true, fn() {} });
} else {
  await useBackend({ backend: "wasm" });
  testOperations("tensorflow");

  Deno.test("native: training gives the losses of the wasm backend", async () => {
    const losses: number[][] = [];
    for (const backend of ["wasm", "native"] as const) {
      await useBackend({ backend });
      const before = tf.memory().numTensors;
      const model = smallModel({ seed: 3 });
      const history = await fit(model, twoTasks(), { epochs: 3, batchSize: 16, seed: 3 });
      losses.push(history.steps.flatMap((step) => Object.values(step.losses)));
      model.dispose();
      assert.equal(tf.memory().numTensors, before, "tensors were left behind");
    }
    const [wasm, native] = losses;
    assert.equal(native.length, 2 * 3 * 3);
    native.forEach((loss, at) => assert.ok(Math.abs(loss - wasm[at]) < 1e-5, `${loss}`));
  });

  Deno.test({
    name: "native: one thread computes when told so",
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        // Its own threads may be looked at by a process with all permissions only.
        args: ["run", "--allow-all", "tests/backend/_busy_threads.ts"],
        cwd: fileURLToPath(new URL("../../", import.meta.url)),
        env: { NO_COLOR: "1", POLYTASK_BACKEND: "native", POLYTASK_THREADS: "1" },
      }).output();
      const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
      assert.equal(code, 0, error);
      assert.equal(out, "1 of 1");
    },
  });
}
