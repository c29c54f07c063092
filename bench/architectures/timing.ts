import { median } from "../_timing.ts";

const FEWEST = 5;

/** Median milliseconds of a step, over `seconds` and at least five calls. */
export async function medianOf(step: () => Promise<unknown>, seconds: number): Promise<number> {
  const [result] = await mediansOf([step], seconds);
  return result;
}

/** Median milliseconds of each step; they run in turns, so that all meet the same machine. */
export async function mediansOf(
  steps: readonly (() => Promise<unknown>)[],
  seconds: number,
): Promise<number[]> {
  const times = steps.map((): number[] => []);
  // The first call of each may compile.
  for (const step of steps) await step();
  const end = performance.now() + 1000 * seconds * steps.length;
  do {
    for (const [at, step] of steps.entries()) {
      const start = performance.now();
      await step();
      times[at].push(performance.now() - start);
    }
  } while (performance.now() < end || times[0].length < FEWEST);
  return times.map(median);
}
