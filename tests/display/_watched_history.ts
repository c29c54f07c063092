import { History, type StepRecord } from "../../lib/training/mod.ts";

/** A run of steps as given. */
export function historyOf(tasks: readonly string[], steps: readonly StepRecord[]): History {
  return new History({
    run: { seed: 0, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
    tasks,
    epochs: [],
    steps,
    stopped: "finished",
  });
}

/**
 * A run of 40 steps whose every second step has a Gramian: the cosine goes from 0.5 down to -0.45,
 * the second gradient is twice as long, and the last ten steps have something to report.
 */
export function watchedHistory([first, second]: readonly [string, string]): History {
  const steps = Array.from({ length: 40 }, (_, at): StepRecord => {
    const cosine = 0.5 - at / 40;
    return {
      step: at + 1,
      epoch: 1 + Math.floor(at / 20),
      losses: { [first]: 2 - at / 40, [second]: 1 },
      weights: { [first]: 0.5 + at / 100, [second]: 0.5 - at / 100 },
      ...at % 2 === 0 && { gramian: [[1, 2 * cosine], [2 * cosine, 4]] },
      ...at >= 30 && { notes: [`clipped: the update had length ${at}`] },
    };
  });
  return historyOf([first, second], steps);
}
