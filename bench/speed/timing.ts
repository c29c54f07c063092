/** Mean milliseconds of a step over about `seconds`. */
export async function timeSteps(step: () => Promise<number>, seconds: number): Promise<number> {
  const start = performance.now();
  let steps = 0;
  let loss = 0;
  do {
    loss = await step();
    steps++;
  } while (performance.now() - start < seconds * 1000);
  if (!Number.isFinite(loss)) {
    throw new Error("The loss is not a number: the timing means nothing.");
  }
  return (performance.now() - start) / steps;
}

/** The middle of an odd number of values, the mean of the two in the middle of an even one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
