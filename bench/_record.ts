import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { python } from "./_python.ts";
import { spawn } from "node:child_process";

const folder = new URL("./results/", import.meta.url);

/** Date, machine and versions of a run, for a record in `bench/results`. */
export async function circumstances(
  pythonPackages: readonly string[] = [],
): Promise<{ date: string; machine: object; versions: Record<string, string> }> {
  const { version } = JSON.parse(await readFile(new URL("../deno.json", import.meta.url), "utf8"));
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism() },
    versions: {
      polytask: version,
      deno: Deno.version.deno,
      ...await versionsOf(pythonPackages),
    },
  };
}

/** Writes a file of `bench/results`, whole or not at all. */
export async function publish(name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = new URL(`.${name}.draft`, folder);
  await writeFile(draft, text);
  await rename(draft, new URL(name, folder));
}

/** What a file of `bench/results` holds, where it is there. */
export async function earlierRecord(name: string): Promise<unknown> {
  const text = await readFile(new URL(name, folder), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function versionsOf(packages: readonly string[]): Promise<Record<string, string>> {
  if (packages.length === 0) return {};
  const code = "import importlib.metadata as m, json, sys\n" +
    "print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))";
  const child = spawn(python, ["-c", code, ...packages], { stdio: ["ignore", "pipe", "inherit"] });
  let answer = "";
  for await (const text of child.stdout.setEncoding("utf8")) answer += text;
  return JSON.parse(answer);
}
