import type { LinearData } from "./data.ts";
import { type FitSettings, modelOf, sessionFor, solveOptions } from "./fit.ts";
import type { LinearModel } from "./model.ts";
import type { Penalty } from "./penalties/penalty.ts";
import type { Session } from "./_session.ts";

/** Settings of a path over the strength of a penalty. */
export interface PathOptions extends FitSettings {
  /** The penalty at a strength: `linear.jointFeatures`, or any function of one number. */
  readonly penalty: (strength: number) => Penalty;
  /**
   * Strengths to fit, in any order. Default for norms: 20 from the smallest at which all
   * coefficients are zero down to a hundredth of it, evenly in the logarithm.
   */
  readonly strengths?: readonly number[];
}

/** Models along a path. */
export interface LinearPath {
  /** Falling. */
  readonly strengths: readonly number[];
  /** One for each strength. */
  readonly models: readonly LinearModel[];
}

/**
 * Fits a model for each of several strengths, from the largest to the smallest, each from the one
 * before.
 */
export function path(data: LinearData, options: PathOptions): LinearPath {
  const session = sessionFor(data, options);
  const strengths = falling(options.strengths ?? defaultStrengths(session, options.penalty));
  const models = strengths.map((strength) => {
    const penalty = options.penalty(strength);
    return modelOf(data, options, penalty, session.solve(penalty, solveOptions(options)));
  });
  return { strengths, models };
}

/** The strengths that {@linkcode path} takes when it is given none. */
export function strengthsFor(data: LinearData, options: PathOptions, count = 20): number[] {
  return defaultStrengths(sessionFor(data, options), options.penalty, count);
}

function defaultStrengths(
  session: Session,
  penalty: (strength: number) => Penalty,
  count = 20,
): number[] {
  const largest = session.largestStrength(penalty(1));
  if (largest === undefined) {
    throw new RangeError(
      `"${penalty(1).name}" is no norm, so it has no strength at which all coefficients become ` +
        `zero: give the strengths of the path.`,
    );
  }
  // Nothing to explain: any strength gives zeros.
  const top = largest > 0 ? largest : 1;
  return Array.from({ length: count }, (_, i) => top * 0.01 ** (i / Math.max(1, count - 1)));
}

/** The strengths from large to small. */
export function falling(strengths: readonly number[]): number[] {
  if (strengths.length === 0) throw new RangeError("A path needs at least one strength.");
  return [...strengths].sort((a, b) => b - a);
}
