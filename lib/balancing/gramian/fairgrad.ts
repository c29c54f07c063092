import type { Rows } from "../../math/matrix.ts";
import { quadraticForm } from "../../math/matrix.ts";
import { solveFairness } from "../../math/fairness_equation.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, type Weighting } from "./_gramian_method.ts";
import { hasVanishingCombination, STATIONARY } from "./_stationarity.ts";

/** Settings of {@linkcode fairgrad}. */
export interface FairgradOptions extends GramianOptions {
  /** 0: the sum of the losses; 1: Nash bargaining; larger: closer to max-min fairness. Default 1. */
  readonly alpha?: number;
  /** Longest update; longer ones are shortened. Default: no limit. */
  readonly maxNorm?: number;
}

/**
 * Alpha-fair gradients (FairGrad): the update that maximises an alpha-fair utility of the tasks'
 * gains, with weights that solve `G w = w^(-1/alpha)`.
 *
 * Ban and Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024, arXiv 2402.15638.
 * Solved by a damped Newton method; see `solveFairness`.
 */
export function fairgrad(options: FairgradOptions = {}): GramianBalancer {
  const { alpha = 1, maxNorm } = options;
  if (!(alpha >= 0)) throw new RangeError(`alpha must be 0 or more, but is ${alpha}.`);
  return gramianMethod({
    name: "fairgrad",
    configuration: { alpha, maxNorm },
    solve: (gramian, { epsilon }) =>
      clipped(gramian, fairgradWeights(gramian, alpha, epsilon), maxNorm),
  }, options);
}

/**
 * Smallest damping of the Gramian, relative to each gradient's square, that keeps the weights
 * finite at stationary points: with it a task's weight is at most about 1e4 times what it would be
 * alone.
 */
const DAMPING = 1e-8;

/**
 * FairGrad's weights; tasks with a zero gradient get 0.
 *
 * @param epsilon Relative rounding error of the Gramian's entries, which may make it indefinite:
 * then at least K times as much damping is needed.
 */
export function fairgradWeights(
  gramian: Rows,
  alpha: number,
  epsilon: number = Number.EPSILON,
): Weighting {
  const notes: string[] = [];
  const kept = gramian.flatMap((row, i) => row[i] > 0 ? [i] : []);
  if (kept.length < gramian.length) notes.push("a task with a zero gradient got weight 0");
  if (alpha === 0) return { weights: gramian.map((row, i) => row[i] > 0 ? 1 : 0), notes };
  const block = kept.map((i) => kept.map((j) => gramian[i][j]));
  let solution = hasVanishingCombination(block, Number.EPSILON)
    ? undefined
    : solveFairness(block, 1 / alpha);
  if (!solution?.converged) {
    notes.push(`${STATIONARY}; weights capped by damping`);
    const damping = Math.max(DAMPING, kept.length * epsilon);
    solution = solveFairness(
      block.map((row, i) => row.map((value, j) => i === j ? value * (1 + damping) : value)),
      1 / alpha,
    );
    if (!solution.converged) {
      notes.push(`not converged: residual ${solution.residual.toPrecision(2)}`);
    }
  }
  const weights = new Array<number>(gramian.length).fill(0);
  kept.forEach((task, position) => weights[task] = solution.weights[position]);
  return { weights, notes };
}

/** Shortens the update to `maxNorm` and says so. */
export function clipped(gramian: Rows, weighting: Weighting, maxNorm?: number): Weighting {
  if (maxNorm === undefined) return weighting;
  const length = Math.sqrt(Math.max(quadraticForm(gramian, weighting.weights), 0));
  if (length <= maxNorm) return weighting;
  return {
    weights: weighting.weights.map((weight) => weight * maxNorm / length),
    notes: [...weighting.notes ?? [], `clipped: the update had length ${length.toPrecision(3)}`],
  };
}
