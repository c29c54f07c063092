import { GrowingCholesky } from "./_growing_cholesky.ts";
import type { Rows } from "./matrix.ts";

/** What {@linkcode minimizeOnSimplex} found, with its proof. */
export interface SimplexSolution {
  /** On the simplex: not negative, sum 1. */
  readonly weights: number[];
  /** `weights' G weights`: the squared length of the shortest convex combination. */
  readonly value: number;
  /**
   * Duality gap `value - min_i (G weights)_i`, never below minus rounding. The value is at most
   * this far above the smallest possible one, so a gap near 0 proves the solution.
   */
  readonly gap: number;
  /** Whether the gap is down to rounding error. */
  readonly converged: boolean;
  /** Iterations that were made. */
  readonly iterations: number;
}

/** A new index is dependent on the corral when this share of its diagonal is left. */
const DEPENDENT = 1e-13;
/** Rounding errors are taken as this many units in the last place of the summed magnitudes. */
const ROUNDING = 32 * Number.EPSILON;

/**
 * Minimises `w' G w` over the simplex `{w >= 0, sum w = 1}`: the shortest vector in the convex hull
 * of points with Gramian G.
 *
 * Wolfe's active-set method (1976), exact up to rounding: it ends after finitely many corrals. G
 * may be singular. Made for up to some hundred points.
 *
 * ```ts
 * import { math } from "polytask";
 * const { weights, gap } = math.minimizeOnSimplex([[18, -22], [-22, 38]]); // weights 0.6, 0.4
 * if (Math.abs(weights[0] - 0.6) > 1e-12 || gap > 1e-12) throw new Error("not the minimum");
 * ```
 *
 * @param gramian Symmetric positive semidefinite, `[K, K]`, K at least 1.
 */
export function minimizeOnSimplex(gramian: Rows): SimplexSolution {
  const count = gramian.length;
  let shortest = 0;
  for (let index = 1; index < count; index++) {
    if (gramian[index][index] < gramian[shortest][shortest]) shortest = index;
  }
  const start = gramian[shortest][shortest];
  const weights = new Array<number>(count).fill(0);
  weights[shortest] = 1;
  if (!(start > 0)) return { weights, value: 0, gap: 0, converged: true, iterations: 0 };

  // Adding the same number to all entries changes no minimiser on the simplex, and makes the
  // matrix of an affinely independent corral positive definite even when 0 lies in its span.
  const shift = start;
  const corral = [shortest];
  const factor = new GrowingCholesky();
  factor.append([], start + shift, DEPENDENT);
  const blocked = new Set<number>();
  const limit = 20 * count + 100;
  let iterations = 0;
  let state = certify(gramian, weights, corral);
  while (iterations++ < limit) {
    const entering = leastProduct(state.products, corral, blocked);
    if (entering < 0) break;
    if (state.value - state.products[entering] <= roundingOf(gramian, weights, corral, entering)) {
      break;
    }
    const column = corral.map((member) => gramian[entering][member] + shift);
    if (!factor.append(column, gramian[entering][entering] + shift, DEPENDENT)) {
      blocked.add(entering);
      continue;
    }
    corral.push(entering);
    const kept = weights.slice();
    descend(factor, corral, weights);
    const next = certify(gramian, weights, corral);
    if (next.value >= state.value) {
      // Rounding undid the step: the point before it is the best that can be told apart.
      kept.forEach((weight, index) => weights[index] = weight);
      break;
    }
    state = next;
    blocked.clear();
  }
  const support = weights.flatMap((weight, index) => weight > 0 ? [index] : []);
  const { value, products } = certify(gramian, weights, support);
  const least = products.indexOf(Math.min(...products));
  const gap = value - products[least];
  const scale = gramian[least][least] + Math.max(...support.map((i) => gramian[i][i]));
  const converged = gap <= roundingOf(gramian, weights, support, least) + DEPENDENT * 10 * scale;
  return { weights, value, gap, converged, iterations };
}

/** Moves to the shortest point of the corral's affine hull, dropping points on the way. */
function descend(factor: GrowingCholesky, corral: number[], weights: number[]): void {
  for (;;) {
    const direction = factor.solve(new Float64Array(corral.length).fill(1));
    let sum = 0;
    for (const part of direction) sum += part;
    let step = 1;
    let leaving = -1;
    for (let position = 0; position < corral.length; position++) {
      const target = direction[position] / sum;
      const from = weights[corral[position]];
      if (target > 0 || from <= target) continue;
      const reach = from / (from - target);
      if (reach < step || leaving < 0) {
        step = Math.min(step, reach);
        leaving = position;
      }
    }
    let total = 0;
    for (let position = 0; position < corral.length; position++) {
      const index = corral[position];
      const target = direction[position] / sum;
      weights[index] = position === leaving
        ? 0
        : Math.max(weights[index] + step * (target - weights[index]), 0);
      total += weights[index];
    }
    for (const index of corral) weights[index] /= total;
    if (leaving < 0) return;
    factor.remove(leaving);
    corral.splice(leaving, 1);
  }
}

/** `G w` for weights that vanish outside `support`, and `w' G w`. */
function certify(gramian: Rows, weights: readonly number[], support: readonly number[]) {
  const products = new Array<number>(gramian.length).fill(0);
  for (const member of support) {
    const row = gramian[member];
    const weight = weights[member];
    for (let index = 0; index < products.length; index++) products[index] += weight * row[index];
  }
  let value = 0;
  for (const member of support) value += weights[member] * products[member];
  return { value, products };
}

/** How far `value` and the product at `index` can be off for rounding alone. */
function roundingOf(
  gramian: Rows,
  weights: readonly number[],
  support: readonly number[],
  index: number,
): number {
  let magnitude = 0;
  for (const member of support) {
    magnitude += weights[member] * Math.abs(gramian[index][member]);
    for (const other of support) {
      magnitude += weights[member] * weights[other] * Math.abs(gramian[member][other]);
    }
  }
  return ROUNDING * magnitude;
}

/** The index outside the corral whose point lies furthest against the present one, or -1. */
function leastProduct(
  products: readonly number[],
  corral: readonly number[],
  blocked: ReadonlySet<number>,
): number {
  let best = -1;
  for (let index = 0; index < products.length; index++) {
    if (blocked.has(index) || corral.includes(index)) continue;
    if (best < 0 || products[index] < products[best]) best = index;
  }
  return best;
}
