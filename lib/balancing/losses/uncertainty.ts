import type { LossBalancer } from "../balancer.ts";
import { LearnedNumbers } from "./_adam.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Which likelihood a loss comes from. */
export type UncertaintyKind = "regression" | "classification";

/** Settings of {@linkcode uncertaintyWeights}. */
export interface UncertaintyWeightsOptions {
  /** One kind a task, or one for all. Default `"regression"`. */
  readonly kinds?: UncertaintyKind | readonly UncertaintyKind[];
  /** First log variances. Default 0. */
  readonly initial?: number | readonly number[];
  /** Step length of the log variances, which have an Adam of their own. Default 0.025. */
  readonly learningRate?: number;
}

/**
 * Uncertainty weighting: every loss is divided by a learned noise variance.
 *
 * With log variances `s`: `sum e^-s L / 2 + s / 2` for regression, where `L` is a squared error, and
 * `sum e^-s L + s / 2` for classification. The total may be negative: a variance below 1 has a
 * negative logarithm. At the optimum `s = log L` for regression.
 *
 * Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018,
 * arXiv 1705.07115.
 */
export function uncertaintyWeights(options: UncertaintyWeightsOptions = {}): LossBalancer {
  const { kinds = "regression", initial = 0, learningRate = 0.025 } = options;
  const logVariances = new LearnedNumbers(learningRate, initial);
  const factorOf = (task: number) =>
    (typeof kinds === "string" ? kinds : kinds[task]) === "classification" ? 1 : 0.5;
  const weigh = (present: readonly number[]) =>
    logVariances.of(present).map((s, i) => factorOf(present[i]) * Math.exp(-s));
  return lossMethod({
    name: "uncertainty",
    configuration: { kinds, initial, learningRate },
    perTask: { kinds, initial },
    combine(losses, { present }) {
      const constant = logVariances.of(present).reduce((sum, s) => sum + s / 2, 0);
      return weightedLoss(losses, weigh(present)).add(constant);
    },
    weights: (_, { present }) => weigh(present),
    learn(losses, { present }) {
      logVariances.descend(
        present,
        uncertaintyGradient(losses, logVariances.of(present), present.map(factorOf)),
      );
    },
    state: () => logVariances.state(),
    restore: (state) => logVariances.restore(state),
    reset: (tasks) => logVariances.reset(tasks),
  });
}

/**
 * Derivatives of the total with respect to the log variances: `1/2 - factor e^-s L`, with factor
 * 1/2 for regression and 1 for classification.
 */
export function uncertaintyGradient(
  losses: readonly number[],
  logVariances: readonly number[],
  factors: readonly number[] = losses.map(() => 0.5),
): number[] {
  return losses.map((loss, i) => 0.5 - factors[i] * Math.exp(-logVariances[i]) * loss);
}
