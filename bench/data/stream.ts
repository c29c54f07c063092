/**
 * Trains a small network for one pass over a Parquet file and prints how much memory the process
 * took, as JSON: `stream.ts FILE`. Runs in a process of its own, so that nothing else counts.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { binary, data, encoders, fit, hardSharing, regression, useBackend } from "../../lib/mod.ts";

/** What a streamed training run took. */
export interface StreamReport {
  readonly rows: number;
  readonly steps: number;
  readonly seconds: number;
  /** Before the first batch, a quarter through, and at the end, in millions of bytes. */
  readonly megabytes: { readonly start: number; readonly quarter: number; readonly end: number };
  readonly peakMegabytes: number;
  readonly loss: number;
}

const BATCH = 8192;

/** Peak of the process where the system tells (Linux), else what it holds now. */
function peakBytes(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    if (kilobytes) return Number(kilobytes) * 1024;
  } catch { /* not Linux */ }
  return process.memoryUsage().rss;
}

async function main(path: string): Promise<StreamReport> {
  await useBackend();
  const source = await data.parquetSource(path, {
    inputs: { features: ["x0", "x1", "x2", "x3", "x4", "x5"] },
    targets: { total: "total", positive: "positive" },
    name: "generated table",
  });
  const held: number[] = [];
  let sampled = 0;
  const watched: typeof source = {
    ...source,
    *batches(options) {
      for (const batch of source.batches(options)) {
        held.push(process.memoryUsage().rss);
        sampled = Math.max(sampled, held.at(-1)!);
        yield batch;
      }
    },
  };
  const model = hardSharing({
    encoder: encoders.mlp({ units: [32, 16] }),
    tasks: [regression("total"), binary("positive")],
  });
  const started = performance.now();
  const history = await fit(model, watched, {
    epochs: 1,
    batchSize: BATCH,
    seed: 1,
    observer: false,
  });
  const seconds = (performance.now() - started) / 1000;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  return {
    rows: source.size,
    steps: history.steps.length,
    seconds,
    megabytes: {
      start: megabytes(held[0]),
      quarter: megabytes(held[held.length >> 2]),
      end: megabytes(held.at(-1)!),
    },
    peakMegabytes: megabytes(Math.max(sampled, peakBytes())),
    loss: history.steps.at(-1)!.losses.total,
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await main(Deno.args[0])));
  // Helper threads of the backend would keep the process alive.
  Deno.exit(0);
}
