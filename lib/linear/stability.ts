import { Random } from "../math/random.ts";
import { splitRows } from "./_folds.ts";
import type { LinearData } from "./data.ts";
import { falling, path, type PathOptions, strengthsFor } from "./path.ts";

/** Settings of {@linkcode stabilitySelection}. */
export interface StabilityOptions extends PathOptions {
  /** Pairs of disjoint halves that are drawn. Default 25: 50 fits of the path. */
  readonly pairs?: number;
  /** Share of the fits that must use a feature. Above 0.5, at most 1; default 0.75. */
  readonly threshold?: number;
  /** Seed of the halves. */
  readonly seed: number | string;
}

/** What {@linkcode stabilitySelection} found. */
export interface Stability {
  /** Falling. */
  readonly strengths: readonly number[];
  /** For each strength, the share of the fits in which each feature had a coefficient. */
  readonly frequencies: readonly Float64Array[];
  /** For each feature its largest share over the strengths. */
  readonly probabilities: Float64Array;
  /** Features whose probability reaches the threshold. */
  readonly selected: readonly number[];
  /** Mean number of features that a fit used at any strength. */
  readonly meanUsed: number;
  /**
   * At most this many of the selected features are expected to be wrong,
   * `meanUsed² / ((2 threshold - 1) features)`, if the wrong ones are exchangeable and no worse than
   * guessed (Meinshausen and Bühlmann 2010, theorem 1).
   */
  readonly falseBound: number;
}

/**
 * Which features are chosen again and again when half of the rows are left out: stability selection
 * (Meinshausen and Bühlmann 2010), on complementary halves (Shah and Samworth 2013).
 */
export function stabilitySelection(data: LinearData, options: StabilityOptions): Stability {
  const { pairs = 25, threshold = 0.75, seed } = options;
  if (!(threshold > 0.5 && threshold <= 1) || !Number.isInteger(pairs) || pairs < 1) {
    throw new RangeError(
      `Stability selection needs a threshold above 0.5 and at most 1 and at least one pair, not ` +
        `${threshold} and ${pairs}.`,
    );
  }
  const short = data.tasks.find((task) => task.targets.length < 2);
  if (short) throw new RangeError(`Task "${short.name}" has one row, which has no halves.`);
  const strengths = falling(options.strengths ?? strengthsFor(data, options));
  const features = data.features.length;
  const frequencies = strengths.map(() => new Float64Array(features));
  let used = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const halves = splitRows(data.tasks, 0.5, Random.stream(seed, `stability pair ${pair}`));
    for (const part of ["first", "rest"] as const) {
      const half = data.subset(halves.map((rows) => rows[part]));
      const ever = new Set<number>();
      path(half, { ...options, strengths }).models.forEach((model, at) => {
        for (const feature of model.support()) {
          frequencies[at][feature] += 0.5 / pairs;
          ever.add(feature);
        }
      });
      used += ever.size / (2 * pairs);
    }
  }
  const probabilities = new Float64Array(features);
  for (const own of frequencies) {
    for (let j = 0; j < features; j++) probabilities[j] = Math.max(probabilities[j], own[j]);
  }
  // Shares are sums of 1 / fits: let a share equal to the threshold count despite rounding.
  const reached = threshold - 1e-9;
  return {
    strengths,
    frequencies,
    probabilities,
    selected: [...probabilities.keys()].filter((feature) => probabilities[feature] >= reached),
    meanUsed: used,
    falseBound: used * used / ((2 * threshold - 1) * features),
  };
}
