import type { BackendReport } from "../../lib/backend/mod.ts";
import { pinnedVersions } from "../_python.ts";
import { earlierRecord, publish, publishRecord, thisMachine, today } from "../_record.ts";
import type { BalancingRow } from "./main.ts";
import type { RecorderRow } from "./recorder.ts";

interface Results {
  readonly measured: string;
  readonly rows: readonly BalancingRow[];
  readonly recorder: readonly RecorderRow[];
}

/**
 * Writes rows with machine and versions to `bench/results/balancing.json` and `balancing.md`. Rows
 * of an earlier run stay where this one has none, so that a long run can be made in parts.
 *
 * @param note What a reader must know about the run, such as other work on the machine.
 */
export async function writeResults(
  found: Partial<Pick<Results, "rows" | "recorder">>,
  report: BackendReport,
  note: string,
): Promise<void> {
  const before = await earlierRecord("balancing.json") as Results | undefined;
  const rows = merged(before?.rows ?? [], found.rows ?? [], keyOf);
  const recorder = merged(before?.recorder ?? [], found.recorder ?? [], recorderKey);
  const [machine, measured] = [thisMachine(), today()];
  const { backend, device, versions } = report;
  const peers = await pinnedVersions(["torch", "torchjd", "LibMTL"]);
  const record = { measured, note, machine, backend, device, versions, peers, rows, recorder };
  await publishRecord("balancing.json", record);
  const caption = `${machine.processor}, ${machine.cores} cores, ${measured}; ${note}`;
  await publish("balancing.md", page(rows, recorder, caption));
}

const keyOf = ({ model, method, tasks, peer, threads, backend }: BalancingRow) =>
  [model, String(tasks).padStart(3, "0"), method, peer, threads, backend].join("|");

const recorderKey = ({ model, tasks, on }: RecorderRow) =>
  [model, String(tasks).padStart(3, "0"), on].join("|");

function merged<Row>(old: readonly Row[], fresh: readonly Row[], key: (row: Row) => string): Row[] {
  const all = new Map([...old, ...fresh].map((row) => [key(row), row]));
  return [...all].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
}

function page(
  rows: readonly BalancingRow[],
  recorder: readonly RecorderRow[],
  caption: string,
): string {
  return [
    "What a training step under a method costs, divided by a step under equal weighting in the same",
    "library: medians of steps that take turns, in processor time of one thread.",
    `${caption}.`,
    "",
    "| model | tasks | method | ms | over equal | peer | peer ms | peer over equal |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map((row) =>
      `| ${row.model} | ${row.tasks} | ${row.method} | ${row.ms.toFixed(1)} | ${
        row.overEqual.toFixed(2)
      } | ${row.peer ?? ""} | ${row.peerMs?.toFixed(1) ?? ""} | ${
        row.peerOverEqual?.toFixed(2) ?? ""
      } |`
    ),
    "",
    "What it costs to record the conflicts between the tasks on every tenth step of equal weighting,",
    "as a share of a step: a tenth of what a recording step takes beyond a plain one.",
    "",
    "| model | tasks | gradients of | plain ms | recording ms | share |",
    "|---|---|---|---|---|---|",
    ...recorder.map((row) =>
      `| ${row.model} | ${row.tasks} | ${row.on} | ${row.plainMs.toFixed(1)} | ${
        row.recordingMs.toFixed(1)
      } | ${row.share.toFixed(3)} |`
    ),
    "",
  ].join("\n");
}
