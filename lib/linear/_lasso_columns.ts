import { addScaled, dot } from "./_matrix.ts";
import { dualBound, quadraticValue } from "./_gap.ts";
import type { Block, BlockTask, Problem, QuadraticData } from "./_problem.ts";
import type { Solved } from "./_quadratic_solvers.ts";
import { Slopes } from "./_slopes.ts";
import { slotGrams } from "./_slot_gram.ts";
import type { StopReason } from "./solver.ts";

/**
 * Squared losses with `entry Σ|w| + ½ Σ_k ridge_k ‖w_k‖²`: every column on its own, by coordinate
 * descent on the features in play (support and violators) with their Gram matrix. Keeps coefficients
 * and gradients for the next strength of a path.
 *
 * Where the whole Gram matrix is too dear, reading all inputs to look for violators is most of the
 * work. Slopes are therefore only computed where a bound leaves in doubt whether they are above the
 * strength (see {@linkcode Slopes}): nothing is missed, and the duality gap stays a proof.
 */
export class LassoColumns {
  readonly #problem: Problem;
  readonly #data: QuadraticData;
  readonly #grams: ReturnType<typeof slotGrams>;
  readonly #w: Float64Array;
  /** Gradient of the data part at `#w`; with `#slopes`, out of date where it cannot matter. */
  readonly #gradient: Float64Array;
  /** Of every column, where the whole Gram matrix is not there. */
  readonly #slopes: (Slopes | undefined)[] = [];

  constructor(problem: Problem, data: QuadraticData, start?: Float64Array) {
    this.#problem = problem;
    this.#data = data;
    this.#grams = slotGrams(problem, data);
    this.#w = start?.slice() ?? new Float64Array(data.linear.length);
    this.#gradient = data.linear.map((value) => -value);
    if (start) {
      data.multiply(this.#w, this.#gradient);
      addScaled(this.#gradient, -1, data.linear);
    }
  }

  solve(
    entry: number,
    ridge: Float64Array,
    options: { tolerance: number; maxIterations: number },
  ): Solved {
    let iterations = 0, gap = 0;
    let reason: StopReason = "converged";
    this.#problem.blocks.forEach((block, number) => {
      for (const task of block.tasks) {
        const done = this.#column(block, number, task, entry, ridge[task.firstColumn], options);
        iterations = Math.max(iterations, done.rounds);
        gap += done.gap;
        if (done.reason !== "converged") reason = done.reason;
      }
    });
    const value = gap / Math.max(0.5 * this.#data.square, Number.MIN_VALUE);
    return {
      w: this.#w.slice(),
      dataValue: quadraticValue(this.#data, this.#w, this.#gradient),
      report: {
        solver: "coordinate",
        iterations,
        reason: value <= options.tolerance ? "converged" : reason,
        certificate: { kind: "duality gap", value, tolerance: options.tolerance },
      },
    };
  }

  #column(
    block: Block,
    number: number,
    task: BlockTask,
    entry: number,
    ridge: number,
    options: { tolerance: number; maxIterations: number },
  ): { rounds: number; gap: number; reason: StopReason } {
    const { features } = this.#problem.layout;
    const { weight } = task;
    const start = task.firstColumn * features;
    const w = this.#w.subarray(start, start + features);
    const gradient = this.#gradient.subarray(start, start + features);
    const mean = this.#data.targetMeans[task.firstColumn];
    const centred = task.targets.map((y) => y - mean);
    const square = weight * dot(centred, centred);
    const goal = options.tolerance * 0.5 * square;
    const inPlay = new Uint8Array(features);
    for (let j = 0; j < features; j++) if (w[j] !== 0) inPlay[j] = 1;
    const slopes = this.#grams[number].whole
      ? undefined
      : this.#slopes[task.firstColumn] ??= new Slopes(block, residualOf(block, centred, w));
    // The strength is another than before: other features may be in doubt.
    slopes?.refresh(weight, entry, inPlay, gradient);
    for (let j = 0; j < features; j++) if (Math.abs(gradient[j]) > entry) inPlay[j] = 1;
    let precision = Math.sqrt(2 * goal) * 0.1;
    let rounds = 0, gap = Infinity, stalled = 0;
    for (;;) {
      const working: number[] = [];
      for (let j = 0; j < features; j++) if (inPlay[j]) working.push(j);
      const gram = this.#grams[number].gram.among(working);
      rounds += descend(working, gram, weight, ridge, entry, w, gradient, precision, options);
      let residualSquare: number;
      if (slopes) {
        const residual = residualOf(block, centred, w);
        slopes.move(residual);
        slopes.refresh(weight, entry, inPlay, gradient);
        residualSquare = weight * dot(residual, residual);
      } else {
        residualSquare = this.#refreshByGram(number, task, square, w, gradient);
      }
      const before = gap;
      gap = columnGap(residualSquare, square, ridge, entry, w, gradient, this.#linear(task));
      let violated = 0;
      for (let j = 0; j < features; j++) {
        if (!inPlay[j] && Math.abs(gradient[j]) > entry) {
          inPlay[j] = 1;
          violated++;
        }
      }
      if (gap <= goal) return { rounds, gap, reason: "converged" };
      if (rounds >= options.maxIterations) return { rounds, gap, reason: "iterations" };
      if (violated > 0) continue;
      precision *= 0.1;
      stalled = gap > 0.5 * before ? stalled + 1 : 0;
      if (stalled > 3) return { rounds, gap, reason: "precision" };
    }
  }

  #linear({ firstColumn }: BlockTask): Float64Array {
    const { features } = this.#problem.layout;
    return this.#data.linear.subarray(firstColumn * features, (firstColumn + 1) * features);
  }

  /** Recomputes a column's gradient from the whole Gram matrix; returns the residual's square. */
  #refreshByGram(
    number: number,
    task: BlockTask,
    square: number,
    w: Float64Array,
    gradient: Float64Array,
  ): number {
    const gram = this.#data.gram(number);
    const linear = this.#linear(task);
    const count = w.length;
    gradient.fill(0);
    for (let j = 0; j < count; j++) {
      if (w[j] !== 0) addScaled(gradient, task.weight * w[j], gram, count, 0, j * count);
    }
    addScaled(gradient, -1, linear);
    return square - dot(linear, w) + dot(gradient, w);
  }
}

/** What a column's coefficients leave of its centred targets. */
function residualOf(
  { rows, flipped }: Block,
  centred: Float64Array,
  w: Float64Array,
): Float64Array {
  const residual = centred.slice();
  for (let j = 0; j < w.length; j++) {
    if (w[j] !== 0) addScaled(residual, -w[j], flipped, rows, 0, j * rows);
  }
  return residual;
}

/**
 * Coordinate descent on the working features until a sweep moves the fit by less than `precision`;
 * returns the number of sweeps. Updates `w`.
 */
function descend(
  working: readonly number[],
  gram: Float64Array,
  weight: number,
  ridge: number,
  entry: number,
  w: Float64Array,
  gradient: Float64Array,
  precision: number,
  options: { maxIterations: number },
): number {
  const count = working.length;
  const slope = Float64Array.from(working, (j) => gradient[j]);
  let sweeps = 0;
  let supportOnly = false;
  while (sweeps < options.maxIterations) {
    sweeps++;
    let moved = 0;
    for (let i = 0; i < count; i++) {
      const j = working[i];
      const old = w[j];
      if (supportOnly && old === 0) continue;
      const curvature = weight * gram[i * count + i] + ridge;
      if (curvature === 0) continue;
      const pull = curvature * old - slope[i] - ridge * old;
      const size = Math.abs(pull) - entry;
      const value = size > 0 ? Math.sign(pull) * size / curvature : 0;
      if (value === old) continue;
      w[j] = value;
      addScaled(slope, weight * (value - old), gram, count, 0, i * count);
      moved = Math.max(moved, Math.abs(value - old) * Math.sqrt(curvature));
    }
    if (moved <= precision) {
      // Settled on the support: one sweep over everything decides whether that was all.
      if (!supportOnly) return sweeps;
      supportOnly = false;
    } else {
      supportOnly = true;
    }
  }
  return sweeps;
}

/** Objective less the best lower bound along the residual's direction. */
function columnGap(
  residualSquare: number,
  square: number,
  ridge: number,
  entry: number,
  w: Float64Array,
  gradient: Float64Array,
  linear: Float64Array,
): number {
  // Slopes that are out of date are surely no larger than the strength.
  let largest = entry, absolute = 0;
  for (let j = 0; j < w.length; j++) {
    largest = Math.max(largest, Math.abs(gradient[j] + ridge * w[j]));
    absolute += Math.abs(w[j]);
  }
  const ridgeTerm = ridge * dot(w, w);
  const primal = 0.5 * (residualSquare + ridgeTerm) + entry * absolute;
  return primal - dualBound(square - dot(linear, w), residualSquare + ridgeTerm, entry / largest);
}
