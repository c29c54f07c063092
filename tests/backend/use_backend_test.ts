import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const face = new URL("../../lib/backend/mod.ts", import.meta.url).href;

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a program of its own process, from any folder; it must end by itself. */
async function run(
  program: string,
  env: Record<string, string> = {},
  cwd: string = root,
): Promise<Outcome> {
  const config = new URL("../../deno.json", import.meta.url);
  const source = `import * as backend from ${JSON.stringify(face)};\n${program}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-env",
      "--config",
      fileURLToPath(config),
      "--ext=ts",
      "-",
    ],
    cwd,
    env: { NO_COLOR: "1", POLYTASK_BACKEND: "", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), error: text(stderr) };
}

Deno.test("useBackend picks one, says why, prints nothing and lets the process end", async () => {
  const { code, out, error } = await run(`
    const first = await backend.useBackend();
    const second = await backend.useBackend();
    if (first !== second || first !== backend.backendReport()) throw new Error("not the same report");
    console.log(JSON.stringify(first));
  `);
  assert.equal(code, 0, error);
  const report = JSON.parse(out);
  assert.ok(["native", "webgpu", "wasm", "cpu"].includes(report.backend));
  assert.ok(report.why.length > 10);
  assert.match(report.versions.tfjs, /^4\./);
  const last = report.tried[report.tried.length - 1];
  assert.deepEqual([last.backend, last.ok], [report.backend, true]);
  assert.equal(error, "");
});

Deno.test("the environment forces a backend, whatever the folder", async () => {
  const program = `
    const { backend: name, why } = await backend.useBackend();
    console.log(name, why);
  `;
  const notebooks = fileURLToPath(new URL("../", import.meta.url));
  for (const name of ["cpu", "wasm"]) {
    const { out, error } = await run(program, { POLYTASK_BACKEND: name }, notebooks);
    assert.equal(out.trim(), `${name} It was asked for.`, error);
  }
});

Deno.test("forcing a backend that is not there says how to get it", async () => {
  const { code, error } = await run(
    `await backend.useBackend({ backend: "native" });`,
  );
  // Where tfjs-node is installed, it may not be loaded: the program has no permission to.
  assert.equal(code, 1);
  assert.match(error, /The backend native is not available: .*which deno task native installs/);
});

Deno.test("a backend that does not exist is named, with those that do", async () => {
  const { code, error } = await run(`await backend.useBackend();`, { POLYTASK_BACKEND: "cuda" });
  assert.equal(code, 1);
  assert.match(
    error,
    /POLYTASK_BACKEND is "cuda", but a backend is one of native, webgpu, wasm, cpu/,
  );
});

Deno.test("without relaxed SIMD the plain kernels give the same products", async () => {
  const wasm = new URL("../../lib/backend/wasm/mod.ts", import.meta.url).href;
  const { code, out, error } = await run(`
    import * as tf from "@tensorflow/tfjs";
    import { startWasm } from ${JSON.stringify(wasm)};
    const { relaxed } = await startWasm({ relaxed: false });
    const a = tf.range(0, 35).reshape([5, 7]);
    const b = tf.range(0, 91).reshape([7, 13]);
    const product = await tf.matMul(a, b).data();
    let error = 0;
    for (let row = 0; row < 5; row++) for (let column = 0; column < 13; column++) {
      let sum = 0;
      for (let k = 0; k < 7; k++) sum += (row * 7 + k) * (k * 13 + column);
      error = Math.max(error, Math.abs(sum - product[row * 13 + column]));
    }
    console.log(relaxed, error);
  `);
  assert.equal(code, 0, error);
  assert.equal(out.trim(), "false 0");
});

Deno.test("helper threads let the process end, and a trap in one is an error", async () => {
  const helpers = new URL("../../lib/backend/wasm/helpers.ts", import.meta.url).href;
  const wasm = new URL("../../lib/backend/wasm/module.ts", import.meta.url).href;
  const { code, out, error } = await run(`
    import { Helpers } from ${JSON.stringify(helpers)};
    import { bindKernels, compileKernels } from ${JSON.stringify(wasm)};
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 65536, shared: true });
    const { module } = await compileKernels({ relaxed: true, shared: true });
    const functions = bindKernels(module, memory);
    const helpers = await Helpers.start(3, functions, { module, memory, block: 1024 });
    const values = new Float32Array(memory.buffer, 65536, 4096).fill(-1);
    const part = { count: false, perThread: 0, limit: 2 ** 31 - 1 };
    const at = (base, perChunk) => ({ ...part, base, perChunk });
    helpers.run("relu", 16, [at(65536, 1024), at(65536, 1024), 256]);
    console.log(values.every((value) => value === 0));
    try {
      helpers.run("relu", 16, [at(2 ** 20, 1024), at(65536, 1024), 256]);
    } catch (error) {
      console.log(error.message);
    }
    helpers.run("relu", 16, [at(65536, 1024), at(65536, 1024), 256]);
    console.log("goes on");
  `);
  assert.equal(code, 0, error);
  assert.match(out, /^true\nThe kernel relu failed on one of the threads.*\ngoes on\n$/);
});

Deno.test("the environment sets the number of threads", async () => {
  const program = `
    const { backend: name, threads } = await backend.useBackend();
    console.log(name, threads);
  `;
  const two = await run(program, { POLYTASK_BACKEND: "wasm", POLYTASK_THREADS: "2" });
  assert.equal(two.out.trim(), "wasm 2", two.error);
  const none = await run(program, { POLYTASK_BACKEND: "wasm", POLYTASK_THREADS: "0" });
  assert.match(none.error, /POLYTASK_THREADS is "0"/);
});
