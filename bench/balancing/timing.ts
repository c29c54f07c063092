import type { Timing } from "./peer.ts";

/** A training step. */
export type Step = () => Promise<void>;

/**
 * Medians of steps that take turns, with as much time for equal weighting as for the method, so
 * that what else the machine does falls on both.
 *
 * @param seconds Shortest time of the whole.
 */
export async function compareSteps(equal: Step, step: Step, seconds: number): Promise<Timing> {
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

/** The middle value, or the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function timed(step: Step): Promise<number> {
  const start = performance.now();
  await step();
  return performance.now() - start;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
