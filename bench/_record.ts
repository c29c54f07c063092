import { readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { BackendReport } from "../lib/backend/mod.ts";
import { version } from "../lib/version.ts";
import { writeAtomically } from "../tools/files.ts";
import { pinnedVersions } from "./_python.ts";

/** The machine that measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
}

/** This machine. */
export function thisMachine(): Machine {
  return { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism() };
}

/** The date in ISO form. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Date, machine and versions of a run, for a record in `bench/results`. */
export async function circumstances(
  pythonPackages: readonly string[] = [],
): Promise<{ date: string; machine: Machine; versions: Record<string, string> }> {
  return {
    date: today(),
    machine: thisMachine(),
    versions: {
      polytask: version,
      deno: Deno.version.deno,
      ...await pinnedVersions(pythonPackages),
    },
  };
}

/** What a study trained on, for a record in `bench/results`. */
export function trainedOn({ backend, device, threads, versions }: BackendReport) {
  return { backend, device, threads, versions: { polytask: version, ...versions } };
}

/** Writes a text to `bench/results`, whole or not at all. */
export async function publish(name: string, text: string): Promise<void> {
  await writeAtomically(pathOf(name), text);
}

/**
 * Writes a record as JSON to `bench/results`, whole or not at all.
 *
 * @param digits How many digits of a number are kept; all by default.
 */
export async function publishRecord(name: string, record: object, digits?: number): Promise<void> {
  const rounded = (_: string, value: unknown) =>
    digits && typeof value === "number" ? Number(value.toPrecision(digits)) : value;
  await publish(name, `${JSON.stringify(record, rounded, 2)}\n`);
}

/**
 * The record in `bench/results` under this name; undefined where there is none.
 *
 * @throws {Error} When it cannot be read or is no JSON.
 */
export async function earlierRecord(name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(pathOf(name), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`./results/${name}`, import.meta.url));
}
