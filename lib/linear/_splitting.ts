import { columnFactors, type SolveColumns } from "./_column_factors.ts";
import type { Problem, QuadraticData } from "./_problem.ts";
import type { Solved } from "./_quadratic_solvers.ts";
import type { Proximal } from "./solver.ts";

/** Up to this many features the equations of every task are factored anew when the step changes. */
const FEATURE_LIMIT = 200;

/** Over-relaxation (Boyd et al. 2011, section 3.4.3). */
const RELAXATION = 1.6;

/** Tasks need rarely more than 100; what takes longer is left to accelerated proximal gradient. */
const MOST_ITERATIONS = 500;

/**
 * Squared losses with a penalty that has a proximal operator: the alternating direction method of
 * multipliers (Boyd et al. 2011). The losses are minimised exactly, task by task, with the factors of
 * their equations; so tasks with ill-conditioned inputs cost no more steps than others. Keeps step
 * and multipliers for the next strength of a path.
 */
export class Splitting {
  readonly #problem: Problem;
  readonly #data: QuadraticData;
  /** ½ weight ‖W - Z‖² ties both halves together. */
  #weight: number;
  /** Multipliers of `W = Z`. */
  readonly #multipliers: Float64Array;

  constructor(problem: Problem, data: QuadraticData) {
    this.#problem = problem;
    this.#data = data;
    const { features, columns } = problem.layout;
    let trace = 0;
    problem.blocks.forEach(({ tasks }, number) => {
      const gram = data.gram(number);
      for (const { weight } of tasks) {
        for (let j = 0; j < features; j++) trace += weight * gram[j * features + j];
      }
    });
    this.#weight = trace > 0 ? trace / (columns * features) : 1;
    this.#multipliers = new Float64Array(data.linear.length);
  }

  /** Whether the factors of a problem are worth their price. */
  static suits({ layout }: Problem): boolean {
    return layout.features <= FEATURE_LIMIT;
  }

  /**
   * Stops when `gap` says no more than `tolerance`, or when iterations run out.
   *
   * @param ridge Twice the diagonal of the penalty's quadratic share, a number a column.
   */
  solve(
    prox: Proximal,
    ridge: Float64Array,
    gap: (w: Float64Array) => number,
    options: { start?: Float64Array; tolerance: number; maxIterations: number },
  ): Solved {
    const { linear } = this.#data;
    const size = linear.length;
    let z: Float64Array = options.start?.slice() ?? new Float64Array(size);
    let next: Float64Array = new Float64Array(size);
    const w = new Float64Array(size);
    // Multipliers over weight.
    const u = this.#multipliers.map((value) => value / this.#weight);
    let solveColumns = this.#factor(ridge);
    let iterations = 0, certificate = Infinity, nextLook = 4, nextBalance = 5;
    const most = Math.min(options.maxIterations, MOST_ITERATIONS);
    while (iterations < most) {
      iterations++;
      const weight = this.#weight;
      for (let i = 0; i < size; i++) w[i] = linear[i] + weight * (z[i] - u[i]);
      solveColumns(w);
      for (let i = 0; i < size; i++) {
        u[i] += RELAXATION * w[i] + (1 - RELAXATION) * z[i];
        next[i] = u[i];
      }
      prox.apply(next, 1 / weight);
      for (let i = 0; i < size; i++) u[i] -= next[i];
      [z, next] = [next, z];
      if (iterations >= nextLook || iterations === most) {
        // A certificate costs about as much as an iteration.
        nextLook = iterations + Math.max(4, iterations >> 3);
        certificate = gap(z);
        if (certificate <= options.tolerance) break;
      }
      if (iterations >= nextBalance) {
        nextBalance = iterations + Math.max(5, iterations >> 1);
        const factor = balance(w, z, next, u);
        if (factor !== 1) {
          this.#weight *= factor;
          for (let i = 0; i < size; i++) u[i] /= factor;
          solveColumns = this.#factor(ridge);
        }
      }
    }
    for (let i = 0; i < size; i++) this.#multipliers[i] = u[i] * this.#weight;
    return {
      w: z,
      report: {
        solver: "splitting",
        iterations,
        reason: certificate <= options.tolerance ? "converged" : "iterations",
        certificate: { kind: "duality gap", value: certificate, tolerance: options.tolerance },
      },
    };
  }

  #factor(ridge: Float64Array): SolveColumns {
    return columnFactors(
      this.#problem,
      this.#data,
      ({ firstColumn }) => this.#weight + ridge[firstColumn],
    );
  }
}

/**
 * How much larger the weight should be, so that both halves approach each other as fast as they stop
 * moving: relative residuals balanced (Boyd et al. 2011, section 3.4.1), and 1 when they nearly are.
 */
function balance(w: Float64Array, z: Float64Array, before: Float64Array, u: Float64Array): number {
  let apart = 0, moved = 0, lengthW = 0, lengthZ = 0, lengthU = 0;
  for (let i = 0; i < w.length; i++) {
    apart += (w[i] - z[i]) ** 2;
    moved += (z[i] - before[i]) ** 2;
    lengthW += w[i] * w[i];
    lengthZ += z[i] * z[i];
    lengthU += u[i] * u[i];
  }
  if (apart === 0 || moved === 0 || lengthU === 0) return 1;
  const ratio = apart / Math.max(lengthW, lengthZ) * lengthU / moved;
  const factor = Math.min(10, Math.max(0.1, ratio ** 0.25));
  return factor > 1.5 || factor < 1 / 1.5 ? factor : 1;
}
