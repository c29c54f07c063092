import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const deno = file("../../.polytask/bin/deno");
const most = 64_000_000;

/**
 * Writes an archive with Deno, the benchmark as one file, the program of the peer and, where this
 * machine has it, the Vulkan loader.
 *
 * @throws {Error} When it cannot be made, or is 64 MB or larger.
 */
export async function pack(target: string): Promise<void> {
  if (Deno.build.target !== "x86_64-unknown-linux-gnu") {
    throw new Error("The pack holds the Deno of this machine, and is for Linux on x86-64.");
  }
  const folder = await mkdtemp(file("../../.polytask/gpu-"));
  try {
    // Deno's bundler puts the library and TensorFlow.js into one file.
    const bundle = ["bundle", "--quiet", "--platform", "deno", "--minify"];
    await call(deno, [...bundle, "--output", `${folder}/gpu.js`, file("./packed.ts")]);
    await addRequire(`${folder}/gpu.js`);
    await call("python3", [file("./pack.py"), target, deno, folder, file("../speed/peer.py")]);
  } finally {
    await rm(folder, { recursive: true });
  }
  const { size } = await stat(target);
  console.log(`${target}: ${(size / 1e6).toFixed(1)} MB.`);
  if (size >= most) throw new Error(`It must stay under ${most / 1e6} MB.`);
  console.log("On the other machine: tar xzf it, then sh polytask-gpu/run.");
}

/** TensorFlow.js calls `require` for Node's own modules, which the bundler leaves as it is. */
async function addRequire(path: string): Promise<void> {
  const banner = 'import { createRequire } from "node:module";\n' +
    "const require = createRequire(import.meta.url);\n";
  await writeFile(path, banner + await readFile(path, "utf8"));
}

async function call(command: string, args: readonly string[]): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args[0]} failed with code ${code}.`);
}
