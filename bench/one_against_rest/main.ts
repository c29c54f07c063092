/**
 * What scikit-learn's one-against-rest logistic regression reaches on the split of chapter 01:
 * `deno task bench one_against_rest`. Writes `bench/results/one_against_rest.json`, which the
 * chapter shows beside its own figure.
 *
 * @module
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { data, type MultiTaskDataset } from "polytask";
import { Peer, type Program, pythonProgram } from "../_peer.ts";
import { publishRecord, today } from "../_record.ts";

const work = new URL("../../.polytask/bench/one_against_rest/", import.meta.url);

/** Hands the split to scikit-learn and keeps what it measured. */
export async function run(): Promise<void> {
  const { train, validation } = await data.mnist({ validation: 12_000, test: 0, seed: 7 });
  const program = await pythonProgram(new URL("./reference.py", import.meta.url));
  await mkdir(work, { recursive: true });
  for (const [name, part] of Object.entries({ train, held_out: validation })) {
    await writeFile(new URL(`${name}.images`, work), bytesOf(part));
    await writeFile(new URL(`${name}.labels`, work), Uint8Array.from(part.target("digit").values));
  }
  console.error("scikit-learn is at work; this takes some minutes.");
  const measured = await reference(program);
  const report = { ...measured, date: today() };
  await publishRecord("one_against_rest.json", report);
  console.log(JSON.stringify(report));
}

/** The pixels of the examples of a part, one byte each. */
function bytesOf(part: MultiTaskDataset<"image", "digit">): Uint8Array {
  const { values } = part.inputs.image;
  const bytes = new Uint8Array(part.size * 784);
  part.rows.forEach((row, at) => bytes.set(values.subarray(row * 784, (row + 1) * 784), at * 784));
  return bytes;
}

async function reference(program: Program): Promise<object> {
  const peer = new Peer<{ folder: string }, object>("scikit-learn", program);
  try {
    return await peer.ask({ folder: fileURLToPath(work) });
  } finally {
    peer.stop();
  }
}
