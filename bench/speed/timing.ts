import process from "node:process";

/**
 * Mean milliseconds of a step over about `seconds`.
 * @param cpu Processor time of this process instead of time on the clock. Default false.
 */
export async function timeSteps(
  step: () => Promise<number>,
  seconds: number,
  cpu = false,
): Promise<number> {
  const now = cpu ? processorTime : () => performance.now();
  const start = now();
  let steps = 0;
  let loss = 0;
  do {
    loss = await step();
    steps++;
  } while (now() - start < seconds * 1000);
  if (!Number.isFinite(loss)) {
    throw new Error("The loss is not a number: the timing means nothing.");
  }
  return (now() - start) / steps;
}

/** Milliseconds that this process has computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The middle of an odd number of values, the mean of the two in the middle of an even one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
