import type { LossBalancer } from "../balancer.ts";
import { LearnedNumbers } from "./_adam.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode imtlL}. */
export interface ImtlLOptions {
  /** First log scales. Default 0. */
  readonly initial?: number | readonly number[];
  /** Step length of the log scales, which have an Adam of their own. Default 0.025. */
  readonly learningRate?: number;
}

/**
 * Impartial learning by losses (IMTL-L): learned scales that bring every loss to 1.
 *
 * `sum e^s L - s`; at the optimum `s = -log L`. Twice uncertainty weighting for regression, with
 * the opposite sign of `s`.
 *
 * Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021.
 */
export function imtlL(options: ImtlLOptions = {}): LossBalancer {
  const { initial = 0, learningRate = 0.025 } = options;
  const logScales = new LearnedNumbers(learningRate, initial);
  return lossMethod({
    name: "imtl-l",
    configuration: { initial, learningRate },
    perTask: { initial },
    combine(losses, { present }) {
      const scales = logScales.of(present);
      const constant = scales.reduce((sum, s) => sum + s, 0);
      return weightedLoss(losses, scales.map(Math.exp)).sub(constant);
    },
    weights: (_, { present }) => logScales.of(present).map(Math.exp),
    learn(losses, { present }) {
      logScales.descend(present, imtlLGradient(losses, logScales.of(present)));
    },
    state: () => logScales.state(),
    restore: (state) => logScales.restore(state),
    reset: (tasks) => logScales.reset(tasks),
  });
}

/** Derivatives of the total with respect to the log scales: `e^s L - 1`. */
export function imtlLGradient(losses: readonly number[], logScales: readonly number[]): number[] {
  return losses.map((loss, i) => Math.exp(logScales[i]) * loss - 1);
}
