import { median, processorTime } from "../_timing.ts";
import type { Timing } from "./peer.ts";

/** A training step. */
export type Step = () => Promise<void>;

/**
 * Medians of steps that take turns, with as much time for equal weighting as for the method, so
 * that what else the machine does falls on both.
 *
 * @param seconds Shortest time of the whole.
 * @param threads With 1 the time that the processor worked for this process counts, which does not
 * grow when others use the machine too; else the time that went by.
 */
export async function compareSteps(
  equal: Step,
  step: Step,
  seconds: number,
  threads: number,
): Promise<Timing> {
  const clock = threads === 1 ? processorTime : () => performance.now();
  const timed = async (step: Step) => {
    const start = clock();
    await step();
    return clock() - start;
  };
  const start = performance.now();
  const [equals, others] = [[] as number[], [] as number[]];
  while (others.length === 0 || performance.now() - start < 1000 * seconds) {
    others.push(await timed(step));
    while (total(equals) < Math.min(total(others), 1000 * seconds)) {
      equals.push(await timed(equal));
    }
  }
  return { ms: median(others), equalMs: median(equals) };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
