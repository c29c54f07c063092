import { equalWeights, type GradientSource } from "../../lib/balancing/mod.ts";
import { median } from "../_timing.ts";
import { BenchNetwork, type ModelName } from "./model.ts";
import { compareSteps } from "./timing.ts";

/** What recording conflicts costs with equal weighting. */
export interface RecorderRow {
  readonly model: ModelName;
  readonly tasks: number;
  /** Whose gradients are compared. */
  readonly on: GradientSource;
  /** Milliseconds of a step that records nothing. */
  readonly plainMs: number;
  /** Milliseconds of a step that records. */
  readonly recordingMs: number;
  /** What recording on every tenth step adds, as a share of a plain step. */
  readonly share: number;
}

/** Steps between two recordings. */
const EVERY = 10;

/** Times recording steps against plain ones. */
export async function timeRecorder(
  { model, tasks, on, threads, rounds, seconds }: Pick<RecorderRow, "model" | "tasks" | "on"> & {
    readonly threads: number;
    readonly rounds: number;
    /** Shortest time of a round. */
    readonly seconds: number;
  },
): Promise<RecorderRow> {
  const network = new BenchNetwork(model, tasks);
  const plain = network.step(equalWeights());
  const recording = network.step(equalWeights(), on);
  for (const warm of [plain, recording]) await warm();
  const timings = [];
  for (let round = 0; round < rounds; round++) {
    timings.push(await compareSteps(plain, recording, 2 * seconds, threads));
  }
  network.dispose();
  const share = median(timings.map(({ ms, equalMs }) => (ms / equalMs - 1) / EVERY));
  return {
    model,
    tasks,
    on,
    plainMs: median(timings.map(({ equalMs }) => equalMs)),
    recordingMs: median(timings.map(({ ms }) => ms)),
    share,
  };
}
