import { mkdir, rename, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import type { BackendReport } from "../../lib/backend/mod.ts";
import type { SpeedRow } from "./main.ts";

const folder = new URL("../results/", import.meta.url);

/** Writes the rows with machine and versions to `bench/results/speed.json` and `speed.md`. */
export async function writeResults(
  rows: readonly SpeedRow[],
  report: BackendReport,
): Promise<void> {
  const machine = { processor: cpus()[0]?.model ?? "unknown", cores: availableParallelism() };
  const measured = new Date().toISOString().slice(0, 10);
  const { backend, device, versions } = report;
  await mkdir(folder, { recursive: true });
  const record = { measured, machine, backend, device, versions, rows };
  await publish("speed.json", `${JSON.stringify(record, null, 2)}\n`);
  await publish(
    "speed.md",
    table(rows, `${machine.processor}, ${machine.cores} cores, ${measured}`),
  );
}

function table(rows: readonly SpeedRow[], caption: string): string {
  const lines = rows.map(({ model, backend, threads, ms, peer, peerMs, ratio }) =>
    `| ${model} | ${backend} | ${threads} | ${ms.toFixed(2)} | ${peer} | ${peerMs.toFixed(2)} | ${
      ratio.toFixed(2)
    } |`
  );
  return [
    `Milliseconds a training step, medians of interleaved runs: ${caption}.`,
    "A ratio above 1 means faster than the peer with the same number of threads.",
    "",
    "| model | backend | threads | ms | peer | peer ms | ratio |",
    "|---|---|---|---|---|---|---|",
    ...lines,
    "",
  ].join("\n");
}

async function publish(name: string, text: string): Promise<void> {
  const draft = new URL(`.${name}.draft`, folder);
  await writeFile(draft, text);
  await rename(draft, new URL(name, folder));
}
