import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const environment = new URL("../.polytask/bench/", import.meta.url);
const requirements = new URL("./requirements.txt", import.meta.url);

/** The Python of the benchmarks' own environment, on this system. */
export const python: string = fileURLToPath(
  new URL(
    Deno.build.os === "windows" ? "venv/Scripts/python.exe" : "venv/bin/python",
    environment,
  ),
);

/**
 * Makes the Python environment of the benchmarks, where it is not there yet or its list changed.
 *
 * @throws {Error} When Python 3 is missing or a package cannot be installed.
 */
export async function ensurePython(): Promise<void> {
  const stamp = new URL("installed.txt", environment);
  const wanted = createHash("sha256").update(await readFile(requirements)).digest("hex");
  const installed = await readFile(stamp, "utf8").catch(() => "");
  if (installed === wanted) return;
  console.error("Making the Python environment of the benchmarks in .polytask/bench ...");
  // It makes the folder too: this process must not, as it may run programs from there.
  await call("python3", ["-m", "venv", fileURLToPath(new URL("venv", environment))]);
  const install = ["-m", "pip", "install", "--quiet", "--requirement", fileURLToPath(requirements)];
  await call(python, install);
  await writeFile(stamp, wanted);
}

/**
 * Versions of packages in the list of the benchmarks, which are those that run.
 *
 * @throws {Error} When a package is not in the list.
 */
export async function pinnedVersions(
  packages: readonly string[],
): Promise<Record<string, string>> {
  const list = await readFile(requirements, "utf8");
  return Object.fromEntries(packages.map((name) => {
    const line = list.split("\n").find((line) => line.startsWith(`${name}==`));
    if (!line) throw new Error(`${name} is not in bench/requirements.txt: add it there.`);
    return [name, line.slice(name.length + 2).trim()];
  }));
}

async function call(command: string, args: readonly string[]): Promise<void> {
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on(
      "error",
      () => reject(new Error(`${command} cannot be run: install Python 3.10 or newer.`)),
    );
    child.on("exit", resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed with code ${code}.`);
}
