import { readFile, writeFile } from "node:fs/promises";
import type { BackendReport } from "../../lib/backend/mod.ts";
import {
  earlierRecord,
  type Machine,
  publish,
  publishRecord,
  thisMachine,
  today,
} from "../_record.ts";
import type { SpeedRow } from "./main.ts";
import { speedChart } from "./chart.ts";
import { models } from "./models/mod.ts";
import { caption, speedTable, withTable } from "./table.ts";

/** Pages that show the table. */
const pages = ["../../README.md", "../../docs/backends.md"];

/** A row of the committed results: each says when it was measured, as models may be timed apart. */
export interface RecordedRow extends SpeedRow {
  /** Date in ISO form. */
  readonly measured: string;
}

/** What `bench/results/speed.json` holds. */
export interface SpeedRecord {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly RecordedRow[];
}

/**
 * Writes the rows with machine and versions to `bench/results/`, as JSON, table and chart, and puts
 * the table into the pages that show it. Rows of other models stay, if they are from the same
 * machine and versions.
 */
export async function writeResults(
  rows: readonly SpeedRow[],
  { versions }: BackendReport,
): Promise<void> {
  const [machine, measured] = [thisMachine(), today()];
  const record: SpeedRecord = {
    machine,
    versions,
    rows: merge(await readResults(), {
      machine,
      versions,
      rows: rows.map((row) => ({ ...row, measured })),
    }),
  };
  await publishRecord("speed.json", record);
  const table = speedTable(record);
  await publish("speed.md", `${caption(record)}\n\n${table}\n`);
  await publish("speed.svg", speedChart(record));
  for (const page of pages) {
    const path = new URL(page, import.meta.url);
    await writeFile(path, withTable(await readFile(path, "utf8"), table));
  }
}

/** The committed results; undefined where there are none. */
export async function readResults(): Promise<SpeedRecord | undefined> {
  return await earlierRecord("speed.json") as SpeedRecord | undefined;
}

/** The new rows, and the old ones of other models, in the order of the models. */
export function merge(old: SpeedRecord | undefined, current: SpeedRecord): RecordedRow[] {
  const same = old && JSON.stringify([old.machine, old.versions]) ===
      JSON.stringify([current.machine, current.versions]);
  // A model is timed with all its peers at once, so all its rows go together.
  const key = ({ model, backend, threads }: SpeedRow) => [model, backend, threads].join();
  const replaced = new Set(current.rows.map(key));
  const kept = same ? old.rows.filter((row) => !replaced.has(key(row))) : [];
  const place = (row: SpeedRow) => models.findIndex(({ name }) => name === row.model);
  return [...kept, ...current.rows].sort((a, b) =>
    place(a) - place(b) || a.threads - b.threads || a.peer.localeCompare(b.peer)
  );
}
