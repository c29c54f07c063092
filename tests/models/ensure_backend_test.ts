import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** What a program of its own process, which has not chosen a backend yet, says of it at its end. */
async function backendsAfter(program: string): Promise<string[]> {
  const source = `
    import * as tf from "@tensorflow/tfjs";
    import { backendReport, evaluate, fit, loadModel, saveModel, useBackend } from "polytask";
    import { builtModel, smallModel, twoTasks } from "${new URL("tests/_two_tasks.ts", root)}";
    const data = twoTasks();
    const options = { epochs: 1, observer: false } as const;
    ${program}
    console.log(JSON.stringify([backendReport()?.backend, tf.getBackend()]));
  `;
  const child = new Deno.Command(fileURLToPath(new URL(".polytask/bin/deno", root)), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "--allow-read",
      "--allow-write=.polytask",
      "--allow-env",
      `--config=${fileURLToPath(new URL("deno.json", root))}`,
      "--ext=ts",
      "-",
    ],
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1", POLYTASK_BACKEND: "wasm" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  strictEqual(code, 0, error);
  return JSON.parse(out);
}

Deno.test("fit and evaluate choose a backend where none was chosen", async () => {
  deepStrictEqual(
    await backendsAfter(`
      const history = await fit(smallModel(), data, options);
      if (history.run.backend !== "wasm") throw new Error("the run was on " + history.run.backend);
    `),
    ["wasm", "wasm"],
  );
  // Building makes tensors, for which TensorFlow.js goes to plain JavaScript.
  deepStrictEqual(await backendsAfter("await evaluate(builtModel(), data);"), ["wasm", "wasm"]);
});

Deno.test("a loaded model is on the chosen backend", async () => {
  const program = `
    const folder = await Deno.makeTempDir({ dir: ".polytask" });
    await saveModel(builtModel(), folder);
    await loadModel(folder);
    await Deno.remove(folder, { recursive: true });
  `;
  deepStrictEqual(await backendsAfter(program), ["wasm", "wasm"]);
});

Deno.test("a backend that was chosen stays", async () => {
  const fitted = "await fit(smallModel(), data, options);";
  deepStrictEqual(
    await backendsAfter(`await useBackend({ backend: "cpu" });${fitted}`),
    ["cpu", "cpu"],
  );
  const own = `tf.registerBackend("own", () => tf.findBackend("cpu"));
    tf.copyRegisteredKernels("cpu", "own");
    await tf.setBackend("own");`;
  deepStrictEqual(await backendsAfter(`tf.ones([1]);${own}${fitted}`), [null, "own"]);
});
