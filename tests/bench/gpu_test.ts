/** The pack of the GPU benchmark: what it holds, and how it starts. No card is needed. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = file(`.polytask/tmp/gpu-${crypto.randomUUID()}`);
  await Deno.mkdir(folder, { recursive: true });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, error };
}

/** A program for the shell that stands in for another one. */
async function script(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

/** Packs a stand-in for Deno that prints what it is called with, and unpacks it in `folder`. */
async function unpacked(folder: string): Promise<string> {
  await script(
    `${folder}/deno`,
    'echo "$@"; echo "loads $LD_LIBRARY_PATH"; echo "keeps $DENO_DIR"',
  );
  await Deno.writeTextFile(`${folder}/gpu.js`, "// the benchmark\n");
  const archive = `${folder}/gpu.tar.gz`;
  const args = [file("bench/gpu/pack.py"), archive, `${folder}/deno`, folder];
  const packed = await run("python3", [...args, file("bench/speed/peer.py")]);
  assert.equal(packed.code, 0, packed.error);
  const { code, error } = await run("sh", ["-c", `cd "${folder}" && tar xzf gpu.tar.gz`]);
  assert.equal(code, 0, error);
  return `${folder}/polytask-gpu`;
}

Deno.test("the pack starts its own Deno, keeps to its folder and hands arguments on", () =>
  inFolder(async (folder) => {
    const pack = await unpacked(folder);
    const peer = await Deno.readTextFile(`${pack}/peer.py`);
    assert.equal(peer, await Deno.readTextFile(file("bench/speed/peer.py")));
    assert.equal(
      await Deno.readTextFile(`${pack}/_networks.py`),
      await Deno.readTextFile(file("bench/_networks.py")),
    );
    await Deno.mkdir(`${folder}/bin`);
    await script(`${folder}/bin/python3`, "exit 0");
    const path = `${folder}/bin:/usr/bin:/bin`;
    const { code, out, error } = await run("sh", ["-c", `PATH=${path} sh ${pack}/run --quick`]);
    assert.equal(code, 0, error);
    assert.match(out, /--no-remote .*--allow-write=\. .*gpu\.js --quick\n/);
    assert.match(out, new RegExp(`loads (.*:)?${pack}/lib\n`));
    assert.match(out, new RegExp(`keeps ${pack}/cache\n`));
  }));

Deno.test("a machine without PyTorch is told so", () =>
  inFolder(async (folder) => {
    const pack = await unpacked(folder);
    await Deno.mkdir(`${folder}/bin`);
    await script(`${folder}/bin/python3`, "exit 1");
    const path = `${folder}/bin:/usr/bin:/bin`;
    const { code, error } = await run("sh", ["-c", `PATH=${path} sh ${pack}/run`]);
    assert.equal(code, 1);
    assert.match(error, /^PyTorch is needed/);
  }));
