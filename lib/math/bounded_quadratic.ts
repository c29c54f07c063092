import { GrowingCholesky } from "./_growing_cholesky.ts";
import type { Rows } from "./matrix.ts";

/** What {@linkcode minimizeAboveBounds} found, with its proof. */
export interface BoundedSolution {
  /** At or above the lower bounds. */
  readonly weights: number[];
  /** Gradient `G weights`; at the minimum not negative, and 0 wherever a weight is above its bound. */
  readonly gradient: number[];
  /** The largest violation of those conditions, each divided by the square root of its `G_ii`. */
  readonly violation: number;
  /** Whether the violation is down to rounding error. */
  readonly converged: boolean;
  /** Iterations that were made. */
  readonly iterations: number;
}

const DEPENDENT = 1e-13;
const ROUNDING = 64 * Number.EPSILON;
/** From so many weights on a guess is made first. */
const MANY = 32;
/** Most sweeps of the guess; fewer where no weight leaves or reaches its bound any more. */
const SWEEPS = 25;

/**
 * Minimises `v' G v` over `{v >= lower}`.
 *
 * This is the dual of projecting onto the cone of directions that no task objects to: with
 * `v` the solution, `J'v` is the point of that cone nearest to `J'lower`. Active-set method of
 * Lawson and Hanson (1974) in its normal-equation form, exact up to rounding. G may be singular: then several `v` are optimal,
 * all with the same `J'v`. Made for up to some hundred weights.
 *
 * ```ts
 * import { math } from "polytask";
 * const { weights } = math.minimizeAboveBounds([[18, -22], [-22, 38]], [0.5, 0.5]); // 11/18, 1/2
 * if (Math.abs(weights[0] - 11 / 18) > 1e-12) throw new Error("not the minimum");
 * ```
 *
 * @param gramian Symmetric positive semidefinite, `[K, K]`.
 * @param lower Lower bounds, `[K]`.
 */
export function minimizeAboveBounds(gramian: Rows, lower: ArrayLike<number>): BoundedSolution {
  const raised = Array.from(lower).flatMap((value, index) => value === 0 ? [] : [index]);
  const sumOver = (row: ArrayLike<number>, term: (entry: number, bound: number) => number) => {
    let sum = 0;
    for (const index of raised) sum += term(row[index], lower[index]);
    return sum;
  };
  const magnitudes = gramian.map((row) => sumOver(row, (entry, bound) => Math.abs(entry * bound)));
  const base = gramian.map((row) => sumOver(row, (entry, bound) => entry * bound));
  const solution = minimizeExcess(gramian, base, magnitudes);
  const weights = solution.weights.map((value, index) => lower[index] + value);
  return { ...solution, weights };
}

/**
 * Minimises `u' Q u / 2 + linear . u` over `u >= 0`: the multipliers of a projection onto half
 * spaces. Where the half spaces have nothing in common there is no minimum, and `converged` is
 * false.
 *
 * @param matrix Symmetric positive semidefinite, `[K, K]`.
 * @param linear `[K]`.
 */
export function minimizeNonNegative(matrix: Rows, linear: readonly number[]): BoundedSolution {
  return minimizeExcess(matrix, linear, linear.map(Math.abs));
}

/** @param magnitudes Sums of the magnitudes that the entries of `base` were added from. */
function minimizeExcess(
  gramian: Rows,
  base: readonly number[],
  magnitudes: readonly number[],
): BoundedSolution {
  const count = gramian.length;
  const excess = new Array<number>(count).fill(0);
  const gradient = base.slice();
  const free: number[] = [];
  const factor = new GrowingCholesky();
  const blocked = new Set<number>();
  const limit = 20 * count + 100;
  let iterations = 0;
  if (count >= MANY) {
    start(gramian, gradient, excess, free, factor);
    if (free.length > 0) settle(factor, free, base, excess, solveFree(factor, free, base));
    updateGradient(gramian, base, excess, free, gradient);
  }
  while (iterations++ < limit) {
    const entering = steepest(gramian, gradient, magnitudes, excess, free, blocked);
    if (entering < 0) break;
    const column = free.map((member) => gramian[entering][member]);
    if (!factor.append(column, gramian[entering][entering], DEPENDENT)) {
      blocked.add(entering);
      continue;
    }
    free.push(entering);
    const first = solveFree(factor, free, base);
    if (!(first[free.length - 1] > 0)) {
      // In exact arithmetic an index that lowers the objective enters with a positive value.
      factor.remove(free.length - 1);
      free.pop();
      blocked.add(entering);
      continue;
    }
    settle(factor, free, base, excess, first);
    updateGradient(gramian, base, excess, free, gradient);
    blocked.clear();
  }
  let violation = 0;
  let converged = true;
  for (let index = 0; index < count; index++) {
    const scale = Math.sqrt(gramian[index][index]);
    if (scale === 0) continue;
    const off = excess[index] > 0 ? Math.abs(gradient[index]) : Math.max(-gradient[index], 0);
    if (off === 0) continue;
    violation = Math.max(violation, off / scale);
    if (off > 1e6 * roundingAt(gramian, magnitudes, excess, free, index)) converged = false;
  }
  return { weights: excess, gradient, violation, converged, iterations };
}

/**
 * A point to go on from: some sweeps that bring one weight after the other to its minimum find most
 * of the weights that end above their bounds, for what a few steps of the exact method cost.
 *
 * @param gradient The gradient at zero excess; changed.
 */
function start(
  gramian: Rows,
  gradient: number[],
  excess: number[],
  free: number[],
  factor: GrowingCholesky,
): void {
  const slopes = Float64Array.from(gradient);
  let changed = true;
  for (let sweep = 0; sweep < SWEEPS && changed; sweep++) {
    changed = false;
    for (let index = 0; index < slopes.length; index++) {
      const row = gramian[index];
      if (!(row[index] > 0)) continue;
      const next = Math.max(excess[index] - slopes[index] / row[index], 0);
      const step = next - excess[index];
      if (step === 0) continue;
      if (next === 0 || excess[index] === 0) changed = true;
      excess[index] = next;
      for (let other = 0; other < slopes.length; other++) slopes[other] += step * row[other];
    }
  }
  for (let index = 0; index < slopes.length; index++) {
    if (excess[index] === 0) continue;
    const column = free.map((member) => gramian[index][member]);
    if (factor.append(column, gramian[index][index], DEPENDENT)) free.push(index);
    else excess[index] = 0;
  }
}

/** The index at its bound that gains most by rising, or -1 when none gains more than rounding. */
function steepest(
  gramian: Rows,
  gradient: readonly number[],
  magnitudes: readonly number[],
  excess: readonly number[],
  free: readonly number[],
  blocked: ReadonlySet<number>,
): number {
  let best = -1;
  let bestSlope = 0;
  for (let index = 0; index < gradient.length; index++) {
    if (gradient[index] >= 0 || blocked.has(index) || free.includes(index)) continue;
    const slope = -gradient[index] / Math.sqrt(gramian[index][index]);
    if (slope <= bestSlope) continue;
    if (-gradient[index] <= roundingAt(gramian, magnitudes, excess, free, index)) continue;
    best = index;
    bestSlope = slope;
  }
  return best;
}

function roundingAt(
  gramian: Rows,
  magnitudes: readonly number[],
  excess: readonly number[],
  free: readonly number[],
  index: number,
): number {
  const row = gramian[index];
  let magnitude = magnitudes[index];
  for (const member of free) magnitude += Math.abs(row[member]) * excess[member];
  return ROUNDING * magnitude;
}

/** Excess of the free indices at which their gradients vanish. */
function solveFree(factor: GrowingCholesky, free: readonly number[], base: readonly number[]) {
  return factor.solve(free.map((member) => -base[member]));
}

/** Goes towards `target`, fixing whatever would fall below its bound, until none does. */
function settle(
  factor: GrowingCholesky,
  free: number[],
  base: readonly number[],
  excess: number[],
  target: Float64Array,
): void {
  for (;;) {
    let step = 1;
    let leaving = -1;
    for (let position = 0; position < free.length; position++) {
      if (target[position] > 0) continue;
      const from = excess[free[position]];
      const reach = from / (from - target[position]);
      if (leaving < 0 || reach < step) {
        step = reach;
        leaving = position;
      }
    }
    free.forEach((member, position) => {
      excess[member] = position === leaving
        ? 0
        : excess[member] + step * (target[position] - excess[member]);
    });
    if (leaving < 0) return;
    factor.remove(leaving);
    free.splice(leaving, 1);
    target = solveFree(factor, free, base);
  }
}

function updateGradient(
  gramian: Rows,
  base: readonly number[],
  excess: readonly number[],
  free: readonly number[],
  gradient: number[],
): void {
  for (let index = 0; index < gradient.length; index++) gradient[index] = base[index];
  for (const member of free) {
    const row = gramian[member];
    for (let index = 0; index < gradient.length; index++) {
      gradient[index] += excess[member] * row[index];
    }
  }
}
