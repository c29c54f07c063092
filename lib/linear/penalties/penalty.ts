import type { Layout } from "../layout.ts";

/**
 * A penalty Ω(W) on the coefficients of all tasks.
 *
 * Every penalty is written as in the literature, **without** a factor ½ in front of squares, while
 * the squared loss has one: scikit-learn's `Ridge(alpha)` is `ridge(alpha / 2)`.
 */
export interface Penalty {
  /** Name of the penalty. */
  readonly name: string;
  /** How many matrices add up to `W`: 1, or 2 for penalties such as {@linkcode dirty}. */
  readonly parts: number;
  /** Settings, JSON-safe. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Present on sums: what they add up, none of it a sum itself. */
  readonly terms?: readonly Penalty[];
  /** The penalty for coefficients of this layout. */
  bind(layout: Layout): BoundPenalty;
}

/**
 * A penalty on arrays of one {@linkcode Layout}.
 *
 * All arrays hold `parts` matrices one after the other, each `[columns, features]` row by row.
 */
export interface BoundPenalty {
  /** The value Ω(W), its `smoothPart` included. */
  value(w: Float64Array): number;
  /** Replaces `v` by `argmin_x ½ ‖x - v‖² + step Ω(x)`; Ω without its `smoothPart`, if it has one. */
  apply(v: Float64Array, step: number): void;
  /** Present when all of Ω is `tr(W M Wᵀ)`: squared losses then lead to linear equations. */
  readonly quadratic?: QuadraticForm;
  /** A share `tr(W M Wᵀ)` of Ω that solvers treat like the loss, by its gradient `2 W M`. */
  readonly smoothPart?: QuadraticForm;
  /**
   * Present when Ω without its `smoothPart` is a norm: its dual norm. `W = 0` is optimal when that
   * is at most 1 for the loss's gradient there. `gradient` has one part.
   */
  dual?(gradient: Float64Array): number;
  /**
   * Present when Ω without its `smoothPart` is `entry Σ |w_jk| + feature Σ_j ‖w_j·‖₂`: coordinate
   * descent applies.
   */
  readonly featureSeparable?: { readonly entry: number; readonly feature: number };
}

/** A positive semidefinite `M` between columns. */
export interface QuadraticForm {
  /** `out = W M`, for one matrix `[columns, features]`. */
  multiply(w: Float64Array, out: Float64Array): void;
  /** `M[k, k]` of every column. */
  readonly diagonal: Float64Array;
  /** At least the largest eigenvalue of `M`. */
  readonly largest: number;
  /** Whether `M` has nothing off the diagonal, so that columns do not see each other. */
  readonly separable: boolean;
}

/** Throws unless `value` is a finite number of at least 0. */
export function checkStrength(what: string, value: number): void {
  if (!(value >= 0) || !Number.isFinite(value)) {
    throw new RangeError(`The ${what} must be a finite number of at least 0, but is ${value}.`);
  }
}

/** `penalty` under a name of its own. */
export function renamed(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  penalty: Penalty,
): Penalty {
  return { ...penalty, name, configuration: { name, ...settings } };
}
