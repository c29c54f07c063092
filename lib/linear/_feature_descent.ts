import { quadraticValue } from "./_gap.ts";
import { addScaled, multiplyTransposed } from "./_matrix.ts";
import type { Problem, QuadraticData } from "./_problem.ts";
import type { Solved } from "./_quadratic_solvers.ts";
import { groupFactor } from "./penalties/_shrink.ts";
import type { StopReason } from "./solver.ts";
import { slotGrams } from "./_slot_gram.ts";

/** Strengths of the penalty `entry Σ|w| + feature Σ_j ‖w_j‖₂ + ½ Σ_k ridge_k ‖w_k‖²`. */
export interface FeatureStrengths {
  readonly entry: number;
  readonly feature: number;
  readonly ridge: Float64Array;
}

/** How far a point is from the optimum, from the coefficients and the data part's gradient there. */
export type Certify = (
  w: Float64Array,
  gradient: Float64Array,
) => { kind: "duality gap" | "proximal gradient"; value: number };

/**
 * Squared losses with a penalty on whole features: block coordinate descent, a feature of all tasks
 * at a time, on the features in play (support and violators) with their Gram matrices. Keeps
 * coefficients and gradients for the next strength of a path.
 */
export class FeatureDescent {
  readonly #problem: Problem;
  readonly #data: QuadraticData;
  readonly #grams: ReturnType<typeof slotGrams>;
  readonly #w: Float64Array;
  readonly #gradient: Float64Array;
  /** Whether a block's columns lie side by side and weigh the same. */
  readonly #even: readonly boolean[];

  constructor(problem: Problem, data: QuadraticData, start?: Float64Array) {
    this.#problem = problem;
    this.#data = data;
    this.#grams = slotGrams(problem, data);
    this.#even = problem.blocks.map(({ tasks }) =>
      tasks.every(({ firstColumn, weight }, k) =>
        firstColumn === tasks[0].firstColumn + k && weight === tasks[0].weight
      )
    );
    this.#w = start?.slice() ?? new Float64Array(data.linear.length);
    this.#gradient = new Float64Array(data.linear.length);
    this.#refresh();
  }

  solve(
    strengths: FeatureStrengths,
    certify: Certify,
    options: { tolerance: number; maxIterations: number },
  ): Solved {
    const { features, columns } = this.#problem.layout;
    const { entry, feature, ridge } = strengths;
    const inPlay = new Uint8Array(features);
    for (const j of this.#used()) inPlay[j] = 1;
    this.#admit(this.#levels(entry, ridge), feature, inPlay);
    let precision = 0.1 * Math.sqrt(options.tolerance * this.#data.square / columns);
    let sweeps = 0, stalled = 0;
    let reason: StopReason = "converged";
    let certificate = { kind: "duality gap" as const, value: Infinity } as ReturnType<Certify>;
    for (;;) {
      const working: number[] = [];
      for (let j = 0; j < features; j++) if (inPlay[j]) working.push(j);
      sweeps += this.#descend(working, strengths, precision, options.maxIterations);
      this.#refresh();
      const before = certificate.value;
      certificate = certify(this.#w, this.#gradient);
      if (certificate.value <= options.tolerance) break;
      if (sweeps >= options.maxIterations) {
        reason = "iterations";
        break;
      }
      if (this.#admit(this.#levels(entry, ridge), feature, inPlay) > 0) continue;
      precision *= 0.1;
      stalled = certificate.value > 0.5 * before ? stalled + 1 : 0;
      if (stalled > 3) {
        reason = "precision";
        break;
      }
    }
    return {
      w: this.#w.slice(),
      dataValue: quadraticValue(this.#data, this.#w, this.#gradient),
      report: {
        solver: "coordinate",
        iterations: sweeps,
        reason,
        certificate: { ...certificate, tolerance: options.tolerance },
      },
    };
  }

  /** The features with a coefficient that is not zero. */
  #used(): number[] {
    const { features } = this.#problem.layout;
    const w = this.#w;
    const seen = new Uint8Array(features);
    for (let start = 0; start < w.length; start += features) {
      for (let j = 0; j < features; j++) if (w[start + j] !== 0) seen[j] = 1;
    }
    const used: number[] = [];
    for (let j = 0; j < features; j++) if (seen[j]) used.push(j);
    return used;
  }

  /**
   * Brings in the features that violate optimality most, at most about as many as there are: sweeps
   * over features that will leave again are the larger cost. Returns how many violate it.
   */
  #admit(levels: Float64Array, strength: number, inPlay: Uint8Array): number {
    const violators: number[] = [];
    let present = 0;
    for (let j = 0; j < levels.length; j++) {
      if (inPlay[j]) present++;
      else if (levels[j] > strength) violators.push(j);
    }
    violators.sort((a, b) => levels[b] - levels[a]);
    for (const j of violators.slice(0, Math.max(32, present))) inPlay[j] = 1;
    return violators.length;
  }

  /** For every feature `‖soft(gradient, entry)‖`: above the feature strength it comes in. */
  #levels(entry: number, ridge: Float64Array): Float64Array {
    const { features, columns } = this.#problem.layout;
    const levels = new Float64Array(features);
    const w = this.#w, gradient = this.#gradient;
    for (let k = 0; k < columns; k++) {
      for (let j = 0; j < features; j++) {
        const i = k * features + j;
        const rest = Math.abs(gradient[i] + ridge[k] * w[i]) - entry;
        if (rest > 0) levels[j] += rest * rest;
      }
    }
    return levels.map(Math.sqrt);
  }

  /** Sweeps over the working features; returns their number. */
  #descend(
    working: readonly number[],
    { entry, feature, ridge }: FeatureStrengths,
    precision: number,
    maxIterations: number,
  ): number {
    const { features, columns } = this.#problem.layout;
    const count = working.length;
    if (count === 0) return 1;
    const grams = this.#grams.map(({ gram }) => gram.among(working));
    const blocks = this.#problem.blocks;
    const whole = this.#w, gradient = this.#gradient;
    // Coefficients and slopes of the working features, a row of all columns for each feature.
    const w = new Float64Array(count * columns);
    const slope = new Float64Array(count * columns);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < columns; k++) {
        w[i * columns + k] = whole[k * features + working[i]];
        slope[i * columns + k] = gradient[k * features + working[i]] +
          ridge[k] * w[i * columns + k];
      }
    }
    // The largest curvature over the tasks: exact minimisation when they share rows and weight,
    // else a step that cannot overshoot.
    const curvature = new Float64Array(count);
    blocks.forEach((block, number) => {
      for (const { weight, firstColumn } of block.tasks) {
        for (let i = 0; i < count; i++) {
          const own = weight * grams[number][i * count + i] + ridge[firstColumn];
          curvature[i] = Math.max(curvature[i], own);
        }
      }
    });
    const change = new Float64Array(columns);
    const inUse = new Uint8Array(count);
    for (let i = 0; i < w.length; i++) if (w[i] !== 0) inUse[Math.floor(i / columns)] = 1;
    let sweeps = 0, supportOnly = false;
    while (sweeps < maxIterations) {
      sweeps++;
      let moved = 0;
      for (let i = 0; i < count; i++) {
        if ((supportOnly && !inUse[i]) || curvature[i] === 0) continue;
        const start = i * columns, step = 1 / curvature[i];
        let square = 0;
        for (let k = 0; k < columns; k++) {
          const target = w[start + k] - step * slope[start + k];
          const size = Math.abs(target) - step * entry;
          change[k] = size > 0 ? Math.sign(target) * size : 0;
          square += change[k] * change[k];
        }
        const factor = groupFactor(Math.sqrt(square), step * feature);
        let distance = 0;
        for (let k = 0; k < columns; k++) {
          const value = factor * change[k];
          change[k] = value - w[start + k];
          w[start + k] = value;
          distance += change[k] * change[k];
        }
        inUse[i] = factor > 0 && square > 0 ? 1 : 0;
        if (distance === 0) continue;
        moved = Math.max(moved, Math.sqrt(distance * curvature[i]));
        this.#spread(change, i, count, grams, ridge, slope);
      }
      if (moved <= precision) {
        if (!supportOnly) break;
        supportOnly = false;
      } else {
        supportOnly = true;
      }
    }
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < columns; k++) whole[k * features + working[i]] = w[i * columns + k];
    }
    return sweeps;
  }

  /** Adds to all slopes what a change of working feature `i` does to them. */
  #spread(
    change: Float64Array,
    i: number,
    count: number,
    grams: readonly Float64Array[],
    ridge: Float64Array,
    slope: Float64Array,
  ): void {
    const { columns } = this.#problem.layout;
    this.#problem.blocks.forEach((block, number) => {
      const gram = grams[number];
      const { firstColumn, weight } = block.tasks[0];
      const span = block.tasks.length;
      const even = this.#even[number];
      for (let other = 0; other < count; other++) {
        const product = gram[i * count + other];
        if (even) {
          const from = other * columns + firstColumn;
          for (let k = 0; k < span; k++) {
            slope[from + k] += weight * product * change[firstColumn + k];
          }
        } else {
          for (const task of block.tasks) {
            slope[other * columns + task.firstColumn] += task.weight * product *
              change[task.firstColumn];
          }
        }
      }
    });
    for (let k = 0; k < columns; k++) slope[i * columns + k] += ridge[k] * change[k];
  }

  /** Recomputes the data part's gradient at the present coefficients. */
  #refresh(): void {
    const { features } = this.#problem.layout;
    const { linear } = this.#data;
    const w = this.#w, gradient = this.#gradient;
    const used = this.#used();
    this.#problem.blocks.forEach((block, number) => {
      const { rows, flipped, tasks } = block;
      const product = new Float64Array(tasks.length * features);
      if (this.#grams[number].whole && used.length * features < rows * (used.length + features)) {
        this.#refreshByGram(number, used, product);
      } else {
        const scores = new Float64Array(tasks.length * rows);
        tasks.forEach(({ firstColumn }, k) => {
          for (const j of used) {
            const value = w[firstColumn * features + j];
            addScaled(scores, value, flipped, rows, k * rows, j * rows);
          }
        });
        multiplyTransposed(scores, flipped, product, tasks.length, features, rows);
      }
      tasks.forEach(({ firstColumn, weight }, k) => {
        for (let j = 0; j < features; j++) {
          const i = firstColumn * features + j;
          gradient[i] = weight * product[k * features + j] - linear[i];
        }
      });
    });
  }

  /** `X'X w` of a block's tasks from the rows of the whole Gram matrix at the features in use. */
  #refreshByGram(number: number, used: readonly number[], product: Float64Array): void {
    const { features } = this.#problem.layout;
    const gram = this.#data.gram(number);
    this.#problem.blocks[number].tasks.forEach(({ firstColumn }, k) => {
      for (const j of used) {
        const value = this.#w[firstColumn * features + j];
        addScaled(product, value, gram, features, k * features, j * features);
      }
    });
  }
}
