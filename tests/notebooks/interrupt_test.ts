import assert from "node:assert/strict";
import { jupyterEnvironment, paths } from "../../tools/paths.ts";

Deno.test({
  name: "the stop button ends training at the next step, and kernel and history live on",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { success, stdout, stderr } = await new Deno.Command(paths.python, {
      args: ["-I", "-B", `${paths.root}/tests/notebooks/interrupt.py`, paths.notebooks],
      env: { ...jupyterEnvironment(), POLYTASK_BACKEND: "wasm" },
      stdout: "piped",
      stderr: "piped",
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const { before, train, after, alive } = JSON.parse(new TextDecoder().decode(stdout));
    assert.equal(before.ended, true, before.printed);
    assert.deepEqual(train, { printed: "trains\ninterrupted\n", ended: true });
    assert.deepEqual(after, { printed: "true true\n", ended: true });
    assert.equal(alive, true);
  },
});
