import { GrowingCholesky } from "./_growing_cholesky.ts";
import { diagonal, dot, matrixTimesVector, type Rows } from "./matrix.ts";

/** What {@linkcode solveFairness} found. */
export interface FairnessSolution {
  /** All above 0. */
  readonly weights: number[];
  /** Largest relative error of the equation, `|(G w)_i w_i^power - 1|`. */
  readonly residual: number;
  /** Whether the residual is below 1e-7; false when no finite solution exists. */
  readonly converged: boolean;
  /** Iterations that were made. */
  readonly iterations: number;
}

const LIMIT = 100;
/** Steps without a new smallest change after which rounding is taken to hide the rest. */
const PATIENCE = 6;
const TOLERANCE = 1e-7;
/** Rounding errors of a sum are taken as this share of its terms' magnitudes. */
const ROUNDING = 4 * Number.EPSILON;

/**
 * Solves `(G w)_i = w_i^(-power)` for `w > 0`: the bargaining solution of Nash (power 1), or
 * alpha-fair weights (power 1/alpha).
 *
 * The solution is the minimum of a convex function, `w'Gw / 2 - sum of phi(w_i)` with
 * `phi' = w^(-power)`, found by damped Newton steps. Tasks are first scaled to equal gradient
 * lengths, which leaves the solution and makes the number of steps independent of the scales; along
 * the ray of each point the minimum is known, so that weights may grow by any factor in one step.
 * For two tasks and power 1 the solution is written down: `1 / (|g_i| sqrt(1 + cos))`.
 * There is a solution unless some convex combination of the gradients vanishes
 * (Pareto stationarity): then the weights grow without bound and `converged` is false.
 *
 * ```ts
 * import { math } from "polytask";
 * const { weights } = math.solveFairness([[1, 0], [0, 4]], 1); // 1, 1/2
 * if (Math.abs(weights[1] - 0.5) > 1e-12) throw new Error("not the solution");
 * ```
 *
 * @param gramian Symmetric positive semidefinite with a positive diagonal, `[K, K]`.
 * @param power Above 0.
 */
export function solveFairness(gramian: Rows, power: number): FairnessSolution {
  const lengths = diagonal(gramian).map(Math.sqrt);
  const cosines = gramian.map((row, i) =>
    Array.from(row, (value, j) => i === j ? 1 : value / lengths[i] / lengths[j])
  );
  // With w_i = s_i u_i, where s_i solves the equation of task i alone, and row i multiplied by s_i,
  // the equation reads sum_j p_i C_ij p_j u_j = p_i^2 u_i^-power with p_i = length_i s_i.
  const alone = lengths.map((length) => length ** (-2 / (power + 1)));
  const pull = lengths.map((length, i) => length * alone[i]);
  const matrix = cosines.map((row, i) => row.map((value, j) => value * pull[i] * pull[j]));
  const barrier = pull.map((value) => value * value);
  const closed = power === 1 && pull.length === 2 && cosines[0][1] > -1;
  const solution = closed
    ? checked(matrix, barrier, power, new Array<number>(2).fill((1 + cosines[0][1]) ** -0.5), 0)
    : newton(matrix, barrier, power);
  return { ...solution, weights: solution.weights.map((value, i) => value * alone[i]) };
}

/** Minimises `u'Mu / 2 - sum c_i phi(u_i)`, where `phi' = u^-power`. */
function newton(matrix: Rows, barrier: readonly number[], power: number): FairnessSolution {
  let point = barrier.map(() => 1);
  let iterations = 0;
  let smallest = Infinity;
  let idle = 0;
  for (; iterations < LIMIT; iterations++) {
    point = onRay(matrix, barrier, power, point);
    const products = matrixTimesVector(matrix, point);
    const pulls = point.map((value, i) => barrier[i] * value ** -power);
    const gradient = products.map((value, i) => value - pulls[i]);
    const hidden = gradient.every((slope, i) => {
      const magnitude = point.reduce((sum, u, j) => sum + Math.abs(matrix[i][j]) * u, pulls[i]);
      return Math.abs(slope) <= ROUNDING * magnitude;
    });
    if (hidden) break;
    // The step is solved for relative changes of u: the matrix is then well scaled.
    const factor = new GrowingCholesky();
    for (let i = 0; i < point.length; i++) {
      const column = point.slice(0, i).map((value, j) => matrix[i][j] * value * point[i]);
      const curvature = matrix[i][i] * point[i] ** 2 + power * pulls[i] * point[i];
      factor.append(column, curvature, 0);
    }
    if (factor.size < point.length) break;
    const right = gradient.map((value, i) => -value * point[i]);
    const relative = factor.solve(right);
    const largest = relative.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    idle = largest < smallest ? 0 : idle + 1;
    smallest = Math.min(smallest, largest);
    if (idle > PATIENCE) break;
    let step = 1;
    for (const value of relative) if (value < 0) step = Math.min(step, -0.9 / value);
    const slope = -dot(right, relative);
    if (largest > 1e-6) step = searchStep(matrix, barrier, power, point, relative, slope, step);
    if (step === 0) break;
    point = point.map((value, i) => value * (1 + step * relative[i]));
    // Convergence is quadratic: the next step would be far below rounding error.
    if (largest < 1e-9 || !point.every((value) => value < 1e12)) break;
  }
  return checked(matrix, barrier, power, point, iterations);
}

/** A point with its residual. */
function checked(
  matrix: Rows,
  barrier: readonly number[],
  power: number,
  point: number[],
  iterations: number,
): FairnessSolution {
  let residual = 0;
  matrixTimesVector(matrix, point).forEach((product, i) => {
    residual = Math.max(residual, Math.abs(product / barrier[i] * point[i] ** power - 1));
  });
  const converged = residual <= TOLERANCE;
  return { weights: point, residual, converged, iterations };
}

/** The point's multiple with the smallest objective; the point itself where there is none. */
function onRay(
  matrix: Rows,
  barrier: readonly number[],
  power: number,
  point: readonly number[],
): number[] {
  const square = dot(matrixTimesVector(matrix, point), point);
  const pull = point.reduce((sum, value, i) => sum + barrier[i] * value ** (1 - power), 0);
  const factor = (pull / square) ** (1 / (power + 1));
  return point.map((value) => factor > 0 && Number.isFinite(factor) ? factor * value : value);
}

/** Halves the step until the objective falls enough (Armijo); 0 when rounding hides any fall. */
function searchStep(
  matrix: Rows,
  barrier: readonly number[],
  power: number,
  point: readonly number[],
  relative: Float64Array,
  slope: number,
  step: number,
): number {
  const value = (at: readonly number[]) => {
    let sum = dot(matrixTimesVector(matrix, at), at) / 2;
    at.forEach((entry, i) => sum -= barrier[i] * barrierValue(entry, power));
    return sum;
  };
  const from = value(point);
  for (let trial = 0; trial < 40; trial++, step /= 2) {
    const to = value(point.map((entry, i) => entry * (1 + step * relative[i])));
    if (to <= from + 1e-4 * step * slope) return step;
  }
  return 0;
}

function barrierValue(entry: number, power: number): number {
  return power === 1 ? Math.log(entry) : entry ** (1 - power) / (1 - power);
}
