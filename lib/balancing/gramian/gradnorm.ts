import type { GradientSource, GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions, NO_LOSSES } from "./_gramian_method.ts";

/** Settings of {@linkcode gradnorm}. */
export interface GradnormOptions extends GramianOptions {
  /** Whose gradients are measured. Default `"last layer"`. */
  readonly on?: GradientSource;
  /** How strongly tasks that train slowly are favoured. Default 1.5. */
  readonly alpha?: number;
  /** Step length of the weights. Default 0.025. */
  readonly learningRate?: number;
  /**
   * Losses that progress is measured against, one a task. Default: those of the first step; for
   * cross-entropy `log(classes)` depends less on the first weights.
   */
  readonly initialLosses?: readonly number[];
}

/** Weights never fall below this share of their mean. */
const SMALLEST = 1e-3;

/**
 * GradNorm: learned weights that bring the lengths of the weighted task gradients to a common
 * scale, longer for tasks that are behind.
 *
 * With lengths `N_i = w_i |g_i|`, their mean `N`, and rates `r_i = (L_i / L_i(0)) / mean`, the
 * weights descend along the derivative of `sum |N_i - N r_i^alpha|`, the target held fixed, and are
 * then scaled to sum K. They are used from the next step on, for shared variables and heads. A
 * weight that would fall to 0 stays at a thousandth of the mean, and the report says so.
 *
 * Chen et al., "GradNorm", ICML 2018, arXiv 1711.02257. As in the paper the gradients are those of
 * the last shared layer, so that a step costs little more than one of equal weighting; `on` chooses
 * others. Called without losses it takes all rates as equal, and the report says so.
 */
export function gradnorm(options: GradnormOptions = {}): GramianBalancer {
  const { alpha = 1.5, learningRate = 0.025, initialLosses } = options;
  let weights: number[] = [];
  let first: (number | null)[] = [];
  const grow = (tasks: number) => {
    weights = Array.from({ length: tasks }, (_, task) => weights[task] ?? 1);
    first = weights.map((_, task) => first[task] ?? initialLosses?.[task] ?? null);
  };
  return gramianMethod({
    name: "gradnorm",
    configuration: { alpha, learningRate, initialLosses },
    perTask: { initialLosses },
    solve(gramian, { present, tasks, losses: given }) {
      grow(tasks);
      const losses = given ?? present.map((task) => first[task] ?? 1);
      present.forEach((task, i) => first[task] ??= losses[i]);
      const used = present.map((task) => weights[task]);
      const { next, floored } = gradnormStep({
        weights: used,
        lengths: gramian.map((row, i) => Math.sqrt(row[i])),
        ratios: present.map((task, i) => losses[i] / first[task]!),
        alpha,
        learningRate,
      });
      present.forEach((task, i) => weights[task] = next[i]);
      return {
        weights: used,
        headWeights: used,
        notes: [
          ...floored ? ["clipped: a weight fell to its smallest value"] : [],
          ...given ? [] : [NO_LOSSES],
        ],
      };
    },
    state: () => ({ weights: [...weights], first: [...first] }),
    restore(state) {
      weights = [...state.weights as number[]];
      first = [...state.first as (number | null)[]];
    },
    reset(tasks) {
      weights = [];
      first = [];
      grow(tasks);
    },
  }, { ...options, on: options.on ?? "last layer" });
}

/** One step of GradNorm's weights; they keep their sum. */
export function gradnormStep(step: {
  /** Present weights. */
  readonly weights: readonly number[];
  /** Lengths of the unweighted task gradients. */
  readonly lengths: readonly number[];
  /** Losses divided by the first losses. */
  readonly ratios: readonly number[];
  readonly alpha: number;
  readonly learningRate: number;
}): { next: number[]; targets: number[]; gradients: number[]; floored: boolean } {
  const { weights, lengths, ratios, alpha, learningRate } = step;
  const count = weights.length;
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / count;
  const norms = weights.map((weight, i) => weight * lengths[i]);
  const meanNorm = mean(norms);
  const meanRatio = mean(ratios);
  const targets = ratios.map((ratio) =>
    meanNorm * (meanRatio > 0 ? ratio / meanRatio : 1) ** alpha
  );
  const gradients = lengths.map((length, i) => length * Math.sign(norms[i] - targets[i]));
  const moved = weights.map((weight, i) => weight - learningRate * gradients[i]);
  const least = SMALLEST * mean(weights);
  const kept = moved.map((weight) => Math.max(weight, least));
  const factor = mean(weights) / mean(kept);
  return {
    next: kept.map((weight) => weight * factor),
    targets,
    gradients,
    floored: moved.some((weight) => weight < least),
  };
}
