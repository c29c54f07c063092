import { addScaled, dot, norm, sumOfParts } from "./_matrix.ts";
import { FeatureDescent } from "./_feature_descent.ts";
import { quadraticValue, relativeGap } from "./_gap.ts";
import { LassoColumns } from "./_lasso_columns.ts";
import { type DataTerm, generalTerm, type Problem, quadraticTerm } from "./_problem.ts";
import { solveCoupled, type Solved, solveSeparable } from "./_quadratic_solvers.ts";
import { Splitting } from "./_splitting.ts";
import { gradientAtZero, NO_INTERCEPTS } from "./_zero_point.ts";
import type { BoundPenalty, Penalty } from "./penalties/penalty.ts";
import {
  fista,
  type Proximal,
  proximalGradient,
  type Smooth,
  type SolverReport,
} from "./solver.ts";

/** Settings of one solve. */
export interface SolveOptions {
  readonly solver: "auto" | "fista";
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** A solution: the parts of `W`, its intercepts, and how they were found. */
export interface Solution {
  /** `parts` matrices `[columns, features]`, which add up to `W`. */
  readonly parts: Float64Array;
  readonly intercepts: Float64Array;
  readonly report: SolverReport;
}

/**
 * One problem and everything worth keeping between penalties: Gram matrices, the last point.
 *
 * Which solver: linear equations when losses are squared and the penalty is quadratic; coordinate
 * descent when losses are squared and the penalty is a sum over features; splitting when losses are
 * squared, the penalty is another norm (or one over whole features, on rows of the tasks' own) and the
 * features are few; else accelerated proximal gradient, which takes everything.
 */
export class Session {
  readonly problem: Problem;
  readonly #data: DataTerm;
  #columns?: LassoColumns;
  #rows?: FeatureDescent;
  #splitting?: Splitting;
  #last?: { parts: number; x: Float64Array };
  #zeroGradient?: Float64Array;

  constructor(problem: Problem, start?: { parts: number; x: Float64Array }) {
    this.problem = problem;
    this.#data = problem.squared ? quadraticTerm(problem) : generalTerm(problem);
    this.#last = start;
  }

  solve(penalty: Penalty, options: SolveOptions): Solution {
    const bound = penalty.bind(this.problem.layout);
    const solved = options.solver === "auto" ? this.#direct(bound, options) : undefined;
    const { w: x, report } = solved
      ? {
        w: solved.w,
        report: {
          ...solved.report,
          objective: (solved.dataValue ?? this.#data.evaluate(solved.w, NO_INTERCEPTS)) +
            bound.value(solved.w),
        },
      }
      : this.#proximal(bound, penalty.parts, options);
    this.#last = { parts: penalty.parts, x };
    const size = this.#size;
    const parts = x.slice(0, penalty.parts * size);
    return { parts, intercepts: this.#intercepts(x, penalty.parts), report };
  }

  /** The objective at a point and its relative proximal gradient, whoever found the point. */
  judge(
    penalty: Penalty,
    { parts, x }: { parts: number; x: Float64Array },
  ): { objective: number; certificate: number } {
    const bound = penalty.bind(this.problem.layout);
    const smooth = this.#smooth(bound, parts), prox = this.#prox(bound, parts);
    const at = x.subarray(0, smooth.size);
    return {
      objective: smooth.evaluate(at) + prox.value(at),
      certificate: this.#stationarity(smooth, prox, at, parts),
    };
  }

  /**
   * Dual norm of the gradient at `W = 0`: with this many times the penalty's strength, `W = 0` is
   * just optimal. Nothing for penalties that are no norm.
   */
  largestStrength(penalty: Penalty): number | undefined {
    const strength = penalty.bind(this.problem.layout).dual?.(this.#gradientAtZero());
    if (strength !== undefined && !Number.isFinite(strength)) {
      throw new RangeError(
        `The strength at which all coefficients of "${penalty.name}" become zero is ${strength}: ` +
          `look for infinite or very large inputs and targets, and for strengths of zero.`,
      );
    }
    return strength;
  }

  get #size(): number {
    return this.problem.layout.columns * this.problem.layout.features;
  }

  #direct(bound: BoundPenalty, options: SolveOptions): Solved | undefined {
    const data = this.#data.quadratic;
    if (!data) return undefined;
    const { features, columns } = this.problem.layout;
    const { quadratic, smoothPart, featureSeparable } = bound;
    const start = this.#last?.parts === 1 ? this.#last.x.subarray(0, this.#size) : undefined;
    if (quadratic) {
      return quadratic.separable
        ? solveSeparable(this.problem, data, quadratic, options.tolerance)
        : solveCoupled(this.problem, data, quadratic, { ...options, start });
    }
    if (!featureSeparable || (smoothPart && !smoothPart.separable)) return undefined;
    const { entry, feature } = featureSeparable;
    const ridge = this.#ridgeOf(bound);
    if (feature === 0) {
      if (entry === 0) return undefined;
      this.#columns ??= new LassoColumns(this.problem, data, start);
      return this.#columns.solve(entry, ridge, options);
    }
    // Descent takes the steepest task's step for all; where tasks have rows of their own, that is slow.
    if (bound.dual && this.problem.blocks.length > 1 && this.#splits(bound)) return undefined;
    this.#rows ??= new FeatureDescent(this.problem, data, start);
    return this.#rows.solve({ entry, feature, ridge }, (w, gradient) => {
      if (bound.dual) {
        const value = quadraticValue(data, w, gradient);
        const full = gradient.slice();
        for (let k = 0; k < columns; k++) {
          addScaled(full, ridge[k], w, features, k * features, k * features);
        }
        return { kind: "duality gap", value: relativeGap(bound, data, w, value, full) };
      }
      const value = this.#stationarity(this.#smooth(bound, 1), this.#prox(bound, 1), w, 1);
      return { kind: "proximal gradient", value };
    }, options);
  }

  #proximal(
    bound: BoundPenalty,
    parts: number,
    options: SolveOptions,
  ): { w: Float64Array; report: SolverReport } {
    const smooth = this.#smooth(bound, parts);
    const start = this.#last?.parts === parts && this.#last.x.length >= smooth.size
      ? this.#last.x.subarray(0, smooth.size)
      : undefined;
    const prox = this.#prox(bound, parts);
    const gap = this.#gapOf(bound, parts);
    let from = start;
    if (gap && parts === 1 && options.solver === "auto" && this.#splits(bound)) {
      this.#splitting ??= new Splitting(this.problem, this.#data.quadratic!);
      const { w, report } = this.#splitting.solve(prox, this.#ridgeOf(bound), gap, {
        ...options,
        start,
      });
      if (report.reason === "converged") {
        const objective = this.#data.evaluate(w, NO_INTERCEPTS) + bound.value(w);
        return { w, report: { ...report, objective } };
      }
      from = w;
    }
    const { x, report } = fista(smooth, prox, {
      start: from,
      tolerance: options.tolerance,
      maxIterations: options.maxIterations,
      scale: this.#scale(parts),
      gap,
    });
    return { w: x, report };
  }

  /** Relative proximal gradient at `x`. */
  #stationarity(smooth: Smooth, prox: Proximal, x: Float64Array, parts: number): number {
    const step = Math.max(smooth.lipschitz ?? smooth.lipschitzBound, Number.MIN_VALUE);
    return proximalGradient(smooth, prox, x, step) / this.#scale(parts);
  }

  /** Length of the gradient at zero over all parts. */
  #scale(parts: number): number {
    return Math.max(Math.sqrt(parts) * norm(this.#gradientAtZero()), Number.MIN_VALUE);
  }

  /** Relative duality gap at a point, where the problem has one. */
  #gapOf(bound: BoundPenalty, parts: number): ((x: Float64Array) => number) | undefined {
    const data = this.#data.quadratic;
    if (!data || !bound.dual) return undefined;
    const size = this.#size;
    const gap = (x: Float64Array) => {
      const w = sumOfParts(x, parts, size);
      const gradient = new Float64Array(size);
      const value = this.#data.evaluate(w, NO_INTERCEPTS, gradient);
      if (bound.smoothPart) {
        const between = new Float64Array(size);
        bound.smoothPart.multiply(w, between);
        addScaled(gradient, 2, between);
      }
      return relativeGap(bound, data, x, value, gradient, w);
    };
    // A gap is only a certificate while the dual norm is finite (strength above zero).
    return Number.isFinite(gap(new Float64Array(parts * size))) ? gap : undefined;
  }

  /** Whether the losses can be minimised exactly, task by task. */
  #splits({ smoothPart }: BoundPenalty): boolean {
    return Splitting.suits(this.problem) && (!smoothPart || smoothPart.separable);
  }

  /** Twice the diagonal of the penalty's smooth part. */
  #ridgeOf({ smoothPart }: BoundPenalty): Float64Array {
    return smoothPart
      ? smoothPart.diagonal.map((value) => 2 * value)
      : new Float64Array(this.problem.layout.columns);
  }

  /** The data part plus the penalty's smooth part, over all parts of `W` and the intercepts. */
  #smooth(bound: BoundPenalty, parts: number): Smooth {
    const size = this.#size;
    const own = this.#data.ownIntercepts ? this.problem.layout.columns : 0;
    const wGradient = new Float64Array(size);
    const between = new Float64Array(size);
    const { smoothPart } = bound;
    const { estimate, bound: largest } = this.#data.lipschitz();
    const ofPenalty = smoothPart ? 2 * smoothPart.largest : 0;
    return {
      size: parts * size + own,
      lipschitz: estimate === undefined ? undefined : parts * estimate + ofPenalty,
      lipschitzBound: parts * largest + ofPenalty,
      evaluate: (x, gradient) => {
        const w = sumOfParts(x, parts, size);
        const c = own ? x.subarray(parts * size) : new Float64Array(this.problem.layout.columns);
        let value = this.#data.evaluate(
          w,
          c,
          gradient && wGradient,
          gradient && own
            ? gradient.subarray(parts * size)
            : gradient && new Float64Array(c.length),
        );
        if (smoothPart) {
          smoothPart.multiply(w, between);
          value += dot(between, w);
          if (gradient) addScaled(wGradient, 2, between);
        }
        if (gradient) {
          for (let part = 0; part < parts; part++) gradient.set(wGradient, part * size);
        }
        return value;
      },
    };
  }

  #prox(bound: BoundPenalty, parts: number): Proximal {
    const end = parts * this.#size;
    const withoutSmooth = (x: Float64Array) => {
      if (!bound.smoothPart) return bound.value(x.subarray(0, end));
      const product = new Float64Array(end);
      bound.smoothPart.multiply(x.subarray(0, end), product);
      return bound.value(x.subarray(0, end)) - dot(product, x, end);
    };
    return {
      apply: (v, step) => bound.apply(v.subarray(0, end), step),
      value: withoutSmooth,
    };
  }

  /** Gradient in `W` at `W = 0` with the best intercepts. */
  #gradientAtZero(): Float64Array {
    return this.#zeroGradient ??= gradientAtZero(this.problem, this.#data);
  }

  /** Intercepts for inputs that are not centred. */
  #intercepts(x: Float64Array, parts: number): Float64Array {
    const { features, columns } = this.problem.layout;
    const out = new Float64Array(columns);
    if (!this.problem.intercept) return out;
    const w = sumOfParts(x, parts, this.#size);
    const own = this.#data.quadratic?.targetMeans ?? x.subarray(parts * this.#size);
    for (const block of this.problem.blocks) {
      for (const { firstColumn, width } of block.tasks) {
        for (let column = firstColumn; column < firstColumn + width; column++) {
          out[column] = own[column] - dot(block.means, w, features, 0, column * features);
        }
      }
    }
    return out;
  }
}
