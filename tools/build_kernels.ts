/**
 * Builds the WebAssembly modules of `lib/backend/wasm` from their AssemblyScript source.
 *
 * `deno task build:kernels` writes them; with `--check` it compares instead, byte for byte, and
 * fails when a committed module is not what the source gives.
 *
 * @module
 */

import { readFile, rename, writeFile } from "node:fs/promises";
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
  // Higher levels nest the sums of the tiles, which then do not fit into the registers any more.
  "--optimizeLevel=1",
  "--noAssert",
  "--runtime=stub",
  "--importMemory",
  "--initialMemory=1",
  // What upstream's module declares; a memory that threads share needs a maximum.
  "--maximumMemory=65536",
  // Address 0 means "none" to some kernels; nothing of the module itself lies in the memory.
  "--memoryBase=1024",
];

async function compile(features: readonly string[]): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const { error, stderr } = await main([
    "assembly/index.ts",
    `--baseDir=${folder}`,
    ...shared,
    ...features.flatMap((feature) => ["--enable", feature]),
    "--outFile=kernels.wasm",
  ], {
    // Nothing is written until all of it compiled.
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") module = contents;
    },
  });
  if (error || !module) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
  return module;
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
