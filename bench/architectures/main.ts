/**
 * What architectures cost: a training step and the parameters of each on Adult and MultiMNIST, beside
 * LibMTL's and DeepCTR-Torch's where they have the same network; evaluation; and one task before and
 * after `forTask`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { useBackend, version } from "../../lib/mod.ts";
import { pinnedVersions } from "../_python.ts";
import { publish, publishRecord, thisMachine, today } from "../_record.ts";
import { type ArchitectureRow, measure } from "./measure.ts";
import { architectures, fits, settings } from "./models.ts";
import { lineOf, page } from "./page.ts";
import { startPeers } from "./peer.ts";

const usage =
  "deno task bench architectures [--quick] [--json] [--only NAME ...] [--data adult|multi-mnist ...] [--save NOTE]";

/** Examples that `evaluate` goes through. */
const EVALUATED = 2048;

/** Runs the benchmark with the arguments of the command line. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      data: { type: "string", multiple: true },
      save: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(usage);
  const names = values.only ?? Object.keys(architectures);
  const unknown = names.find((name) => !(name in architectures));
  if (unknown !== undefined) {
    throw new Error(
      `There is no architecture "${unknown}"; there are ${Object.keys(architectures).join(", ")}.`,
    );
  }
  const chosen = settings.filter(({ name }) => values.data?.includes(name) ?? true);
  const { backend } = await useBackend({ backend: "wasm", threads: 1 });
  const peers = await startPeers();
  const rows: ArchitectureRow[] = [];
  try {
    for (const setting of chosen) {
      const set = await setting.load();
      const places = (count: number) => Array.from({ length: count }, (_, at) => at);
      const batch = set.batch(places(setting.batch));
      const bench = {
        setting,
        batch,
        evaluated: set.subset(places(EVALUATED)),
        peers,
        seconds: values.quick ? 0.5 : 2,
      };
      let base: number | undefined;
      for (const name of ["hard sharing", ...names.filter((each) => each !== "hard sharing")]) {
        if (!fits(setting, name)) continue;
        const row = await measure(bench, name, base);
        base ??= row.ms;
        if (!names.includes(name)) continue;
        rows.push(row);
        console.error(lineOf(row));
      }
      batch.dispose();
    }
  } finally {
    for (const peer of Object.values(peers)) peer.stop();
  }
  if (values.save !== undefined) await save(rows, backend, values.save);
  if (values.json) console.log(JSON.stringify({ rows }));
}

async function save(
  rows: readonly ArchitectureRow[],
  backend: string,
  note: string,
): Promise<void> {
  const [machine, measured] = [thisMachine(), today()];
  const versions = { polytask: version, deno: Deno.version.deno, tfjs: tf.version_core };
  const peers = await pinnedVersions(["LibMTL", "deepctr-torch", "torch"]);
  const record = { measured, note, machine, backend, threads: 1, versions, peers, rows };
  await publishRecord("architectures.json", record);
  const caption = `${machine.processor}, ${machine.cores} cores, one thread, ${measured}; ${note}`;
  await publish("architectures.md", page(rows, caption));
}
