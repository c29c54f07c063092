import { dot, matrixTimesVector, quadraticForm, type Rows } from "../../math/matrix.ts";
import { minimizeOnSimplex } from "../../math/simplex_quadratic.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";

/** Settings of {@linkcode cagrad}. */
export interface CagradOptions extends GramianOptions {
  /** Radius of the search around the mean gradient, relative to its length; 0 or more. Default 0.5. */
  readonly c?: number;
  /** What the update is divided by: nothing (default), `1 + c^2` or `1 + c`. */
  readonly rescale?: "none" | "1+c^2" | "1+c";
}

/**
 * Conflict-averse gradient descent (CAGrad): the update within a ball around the mean gradient `g0`
 * whose worst task gain is largest.
 *
 * `d = g0 + c |g0| / |g_w| g_w`, where `w` on the simplex minimises `g_w . g0 + c |g0| |g_w|`. The
 * weights of the mean sum to 1; those of the second part come on top. No task is hurt when
 * `c >= 1`. Where the minimum lies at `g_w = 0` no update in the ball helps every task: the weights
 * are then 0 and the report says so.
 *
 * Liu et al., "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS 2021, arXiv
 * 2110.14048. The inner problem is solved exactly.
 */
export function cagrad(options: CagradOptions = {}): GramianBalancer {
  const { c = 0.5, rescale = "none" } = options;
  if (!(c >= 0)) throw new RangeError(`c must be 0 or more, but is ${c}.`);
  const divisor = { "none": 1, "1+c^2": 1 + c * c, "1+c": 1 + c }[rescale];
  return gramianMethod({
    name: "cagrad",
    configuration: { c, rescale },
    solve(gramian, { epsilon }) {
      const { weights, notes } = cagradWeights(gramian, c, epsilon);
      return { weights: weights.map((weight) => weight / divisor), notes };
    },
  }, options);
}

/**
 * Combinations whose squared length is below this share of the longest gradient's count as zero:
 * cancellation leaves their direction too few digits.
 */
const VANISHING = 1e-8;

/** CAGrad's weights without rescaling. `epsilon` is the relative error of the Gramian's entries. */
export function cagradWeights(raw: Rows, c: number, epsilon = Number.EPSILON): Weighting {
  const count = raw.length;
  const mean = new Array<number>(count).fill(1 / count);
  const scale = Math.max(...raw.map((row, i) => row[i]));
  const gramian = raw.map((row) => Array.from(row, (value) => value / scale));
  const rounding = 16 * count * epsilon;
  const meanSquare = Math.max(quadraticForm(gramian, mean), 0);
  if (c === 0) return { weights: mean };
  if (meanSquare <= rounding) {
    return { weights: mean, notes: ["stationary: the mean gradient vanishes"] };
  }
  const radius = c * Math.sqrt(meanSquare);
  const shortest = minimizeOnSimplex(gramian);
  // The minimiser lies on the path of `min |g_w + shift g0|`; its shift is |g_w| / radius. Along
  // the path log(|g_w| / shift) falls, so the crossing is bracketed by the shortest and longest
  // gradients there are.
  const towards = matrixTimesVector(gramian, mean);
  const point = (shift: number) => {
    const moved = gramian.map((row, i) =>
      row.map((value, j) => value + shift * (towards[i] + towards[j]) + shift * shift * meanSquare)
    );
    const { weights, converged: solved } = minimizeOnSimplex(moved);
    const length = Math.sqrt(Math.max(dot(matrixTimesVector(gramian, weights), weights), 0));
    return { weights, length, solved };
  };
  const excess = (shift: number, length: number) =>
    Math.log(Math.max(length, Number.MIN_VALUE) / (shift * radius));

  let low = Math.log(Math.sqrt(Math.max(shortest.value, rounding, VANISHING)) / radius);
  let best = point(Math.exp(low));
  let lowExcess = excess(Math.exp(low), best.length);
  if (lowExcess < -1e-9) {
    return {
      weights: new Array<number>(count).fill(0),
      notes: ["stationary: no update near the mean gradient helps every task"],
    };
  }
  let high = Math.log(1 / radius);
  let highExcess = excess(Math.exp(high), point(Math.exp(high)).length);
  let converged = lowExcess <= 1e-15;
  // Regula falsi in the Illinois variant, bisecting when it does not halve the bracket.
  for (let trial = 0; trial < 200 && !converged; trial++) {
    const width = high - low;
    const fraction = trial % 4 === 3 ? 0.5 : lowExcess / (lowExcess - highExcess);
    const middle = low + Math.min(Math.max(fraction, 1e-3), 1 - 1e-3) * width;
    best = point(Math.exp(middle));
    const value = excess(Math.exp(middle), best.length);
    if (value > 0) {
      low = middle;
      lowExcess = value;
      highExcess /= 2;
    } else {
      high = middle;
      highExcess = value;
      lowExcess /= 2;
    }
    converged = Math.abs(value) < 1e-14 || high - low < 1e-14;
  }
  const factor = radius / best.length;
  return {
    weights: mean.map((weight, i) => weight + factor * best.weights[i]),
    notes: converged && best.solved ? [] : ["not converged: the inner problem of CAGrad"],
  };
}
