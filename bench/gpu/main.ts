/**
 * Training speed on a graphics card: WebGPU against PyTorch with CUDA.
 *
 * `deno task bench gpu --pack FILE` writes an archive that runs on a bare machine with a card, which
 * needs Linux on x86-64, Python with PyTorch and a driver, but no network. `deno task bench gpu`
 * runs the same here.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";
import { pack } from "./pack.ts";
import { timeAll } from "./table.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Packs, or times the models here and writes `bench/results/gpu.json`. */
export async function run(args: readonly string[]): Promise<void> {
  const [first, target, ...more] = args;
  if (first === "--pack") {
    if (!target || more.length > 0) throw new Error("deno task bench gpu --pack FILE.tar.gz");
    await pack(target);
    return;
  }
  await ensurePython();
  await timeAll(args, {
    python,
    peer: file("../speed/peer.py"),
    results: file("../results/gpu.json"),
  });
}
