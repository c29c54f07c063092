/**
 * Builds the WebAssembly modules of `lib/backend/wasm` from their AssemblyScript source.
 *
 * `deno task build:kernels` writes them; with `--check` it compares instead, byte for byte, and
 * fails when a committed module is not what the source gives.
 *
 * @module
 */

import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const folder = fileURLToPath(new URL("../lib/backend/wasm/", import.meta.url));

/** The committed modules. The second one is for engines without relaxed SIMD. */
const modules = [
  { file: "kernels_relaxed.wasm", features: ["simd", "relaxed-simd", "bulk-memory"] },
  { file: "kernels.wasm", features: ["simd", "bulk-memory"] },
] as const;

const shared = [
  "--optimizeLevel=3",
  "--noAssert",
  "--runtime=stub",
  "--importMemory",
  "--initialMemory=1",
  // Address 0 means "none" to some kernels; nothing of the module itself lies in the memory.
  "--memoryBase=1024",
];

async function compile(features: readonly string[]): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), "polytask-kernels-"));
  try {
    const out = join(scratch, "kernels.wasm");
    const source = join(folder, "assembly/index.ts");
    const { error, stderr } = await main([
      source,
      ...shared,
      ...features.flatMap((feature) => ["--enable", feature]),
      "--outFile",
      out,
    ]);
    if (error) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
    return await readFile(out);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function publish(file: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${file}.${crypto.randomUUID()}`);
  await writeFile(draft, bytes);
  await rename(draft, join(folder, file));
}

const check = Deno.args.includes("--check");
for (const { file, features } of modules) {
  const bytes = await compile(features);
  if (!check) {
    await publish(file, bytes);
    console.log(`lib/backend/wasm/${file}: ${bytes.length} bytes`);
    continue;
  }
  const committed = await readFile(join(folder, file)).catch(() => new Uint8Array());
  const same = committed.length === bytes.length &&
    bytes.every((byte, index) => byte === committed[index]);
  if (!same) {
    console.error(`lib/backend/wasm/${file} is not what the source gives: run task build:kernels.`);
    Deno.exitCode = 1;
  } else {
    console.log(`lib/backend/wasm/${file} is what the source gives.`);
  }
}
