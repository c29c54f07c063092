import type { Conflicts } from "../analysis/conflicts.ts";

/** Two tasks over the recorded steps in which both had a gradient. */
export interface TaskPair {
  /** Both names. */
  readonly name: string;
  readonly steps: readonly number[];
  readonly cosines: readonly number[];
  readonly similarities: readonly number[];
}

/** More lines than this cannot be told apart. */
const MOST_PAIRS = 8;

/** The pairs asked for, or those that conflict most, and how many are left out. */
export function taskPairs(
  conflicts: Conflicts,
  asked?: readonly (readonly [string, string])[],
): { readonly pairs: readonly TaskPair[]; readonly left: number } {
  const { tasks } = conflicts;
  const names = asked ??
    tasks.flatMap((first, i) => tasks.slice(i + 1).map((second) => [first, second] as const));
  const pairs = names.map(([first, second]): TaskPair => {
    const { steps, cosines, magnitudeSimilarities } = conflicts.pair(first, second);
    // A zero gradient has no direction.
    const known = steps.map((_, at) => at).filter((at) => !Number.isNaN(cosines[at]));
    return {
      name: `${first} and ${second}`,
      steps: known.map((at) => steps[at]),
      cosines: known.map((at) => cosines[at]),
      similarities: known.map((at) => magnitudeSimilarities[at]),
    };
  });
  if (asked) return { pairs, left: 0 };
  const present = pairs.filter(({ steps }) => steps.length > 0);
  const mean = ({ cosines }: TaskPair) =>
    cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
  const shown = new Set(present.toSorted((a, b) => mean(a) - mean(b)).slice(0, MOST_PAIRS));
  return { pairs: present.filter((pair) => shown.has(pair)), left: present.length - shown.size };
}

/** Means over `window` neighbouring values, fewer at the ends; what is not a number is left out. */
export function movingMean(values: readonly number[], window: number): number[] {
  if (window === 1) return [...values];
  const before = (window - 1) >> 1;
  return values.map((_, at) => {
    const near = values.slice(Math.max(0, at - before), at - before + window)
      .filter((value) => !Number.isNaN(value));
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}
