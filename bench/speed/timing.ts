import { processorTime } from "../_timing.ts";

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
