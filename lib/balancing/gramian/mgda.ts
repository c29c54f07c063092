import { matrixTimesVector, quadraticForm, type Rows } from "../../math/matrix.ts";
import { minimizeOnSimplex } from "../../math/simplex_quadratic.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";
import { isStationary, STATIONARY } from "./_stationarity.ts";

/** What the gradients are divided by before MGDA compares them. */
export type MgdaNormalization = "none" | "l2" | "loss" | "loss+";

/** Settings of {@linkcode mgda}. */
export interface MgdaOptions extends GramianOptions {
  /** `"exact"` (Wolfe's method) or `"frank-wolfe"`, as in the first implementations. */
  readonly solver?: "exact" | "frank-wolfe";
  /**
   * Divide each gradient by its length (`"l2"`), its loss (`"loss"`) or both (`"loss+"`) before
   * solving. Default `"none"`.
   */
  readonly normalization?: MgdaNormalization;
  /**
   * Whether the weights multiply the gradients as they are (`"raw"`, as the authors' code does; the
   * default) or the normalised ones (`"normalized"`).
   */
  readonly weigh?: "raw" | "normalized";
  /** Frank-Wolfe only: most iterations. Default 250. */
  readonly iterations?: number;
  /** Frank-Wolfe only: stop when no weight moves by more. Default 1e-5. */
  readonly tolerance?: number;
}

/**
 * Multiple-gradient descent (MGDA): the shortest convex combination of the task gradients.
 *
 * Weights `w = argmin w'Gw` on the simplex: they sum to 1. The update is a descent direction for
 * every task, and zero exactly at Pareto-stationary points. With `on: "representation"` this is
 * MGDA-UB.
 *
 * Désidéri 2012; Sener and Koltun, "Multi-Task Learning as Multi-Objective Optimization", NeurIPS
 * 2018, arXiv 1810.04650. Solved exactly here; the paper uses Frank-Wolfe.
 *
 * ```ts
 * import { mgda } from "polytask";
 * const weights = mgda().weights([[18, -22], [-22, 38]]); // 0.6, 0.4
 * if (Math.abs(weights[0] - 0.6) > 1e-12) throw new Error("not the shortest combination");
 * ```
 */
export function mgda(options: MgdaOptions = {}): GramianBalancer {
  const { solver = "exact", normalization = "none", weigh = "raw" } = options;
  const { iterations = 250, tolerance = 1e-5 } = options;
  return gramianMethod({
    name: "mgda",
    configuration: { solver, normalization, weigh, iterations, tolerance },
    solve(gramian, { losses, epsilon }) {
      const scales = gradientScales(gramian, normalization, losses);
      const scaled = gramian.map((row, i) => row.map((value, j) => value / scales[i] / scales[j]));
      const { weights, converged } = solver === "exact"
        ? minimizeOnSimplex(scaled)
        : frankWolfe(scaled, iterations, tolerance);
      const notes: string[] = [];
      if (!converged) notes.push(`not converged: ${solver}`);
      if (isStationary(scaled, weights, epsilon)) notes.push(STATIONARY);
      return {
        weights: weigh === "raw" ? weights : weights.map((weight, i) => weight / scales[i]),
        notes,
      } satisfies Weighting;
    },
  }, options);
}

function gradientScales(
  gramian: Rows,
  normalization: MgdaNormalization,
  losses: readonly number[] | undefined,
): number[] {
  if (normalization === "none") return gramian.map(() => 1);
  if (normalization !== "l2" && !losses) {
    throw new Error(`mgda with normalization "${normalization}" needs the losses of the tasks.`);
  }
  return gramian.map((row, i) => {
    const length = Math.sqrt(row[i]);
    const scale = normalization === "l2"
      ? length
      : normalization === "loss"
      ? losses![i]
      : losses![i] * length;
    // A zero gradient stays zero whatever it is divided by.
    if (row[i] === 0) return 1;
    if (scale > 0) return scale;
    throw new RangeError(
      `mgda with normalization "${normalization}" needs positive losses, but loss ${i} is ${
        losses![i]
      }.`,
    );
  });
}

/** Frank-Wolfe with exact line search, from the best pair of gradients. */
function frankWolfe(gramian: Rows, limit: number, tolerance: number) {
  let weights = bestPair(gramian);
  for (let iteration = 0; iteration < limit; iteration++) {
    const products = matrixTimesVector(gramian, weights);
    const vertex = products.indexOf(Math.min(...products));
    const value = quadraticForm(gramian, weights);
    const square = gramian[vertex][vertex];
    const curvature = value + square - 2 * products[vertex];
    const step = curvature > 0
      ? Math.min(Math.max((value - products[vertex]) / curvature, 0), 1)
      : 0;
    const next = weights.map((weight, i) => (1 - step) * weight + (i === vertex ? step : 0));
    const change = next.reduce((sum, weight, i) => sum + Math.abs(weight - weights[i]), 0);
    weights = next;
    if (change < tolerance) return { weights, converged: true };
  }
  return { weights, converged: false };
}

function bestPair(gramian: Rows): number[] {
  const count = gramian.length;
  let best = { value: gramian[0][0], first: 0, second: 0, share: 1 };
  for (let first = 0; first < count; first++) {
    for (let second = 0; second < first; second++) {
      const [a, b, c] = [gramian[first][first], gramian[first][second], gramian[second][second]];
      const curvature = a + c - 2 * b;
      const share = curvature > 0 ? Math.min(Math.max((c - b) / curvature, 0), 1) : 0.5;
      const value = share * share * a + 2 * share * (1 - share) * b + (1 - share) ** 2 * c;
      if (value < best.value) best = { value, first, second, share };
    }
  }
  const weights = new Array<number>(count).fill(0);
  weights[best.first] += best.share;
  weights[best.second] += 1 - best.share;
  return weights;
}
