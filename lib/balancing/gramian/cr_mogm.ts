import type { BalancerState, GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { mgda } from "./mgda.ts";

/** Settings of {@linkcode crMogm}. */
export interface CrMogmOptions extends GramianOptions {
  /** The method whose weights are smoothed. Default {@linkcode mgda}. */
  readonly method?: GramianBalancer;
  /** Share of the old weights in the new, at least 0 and below 1. Default 0.9. */
  readonly smoothing?: number;
}

/**
 * Correlation-reduced gradient manipulation (CR-MOGM): moving averages of another method's weights.
 *
 * `w <- smoothing w + (1 - smoothing) w_method`; the first step takes the method's weights as they
 * are. The average depends less on the batch, which the convergence proof needs.
 *
 * Zhou et al., "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond",
 * NeurIPS 2022.
 */
export function crMogm(options: CrMogmOptions = {}): GramianBalancer {
  const { method = mgda(), smoothing = 0.9 } = options;
  if (!(smoothing >= 0 && smoothing < 1)) {
    throw new RangeError(`smoothing must be at least 0 and below 1, but is ${smoothing}.`);
  }
  let averages: (number | null)[] = [];
  return gramianMethod({
    name: "cr-mogm",
    configuration: { smoothing, method: method.configuration },
    independent: method.independent,
    solve(gramian, { present, tasks, epsilon, losses }) {
      const fresh = method.weights(gramian, present, { epsilon, losses });
      averages = Array.from({ length: tasks }, (_, task) => averages[task] ?? null);
      const weights = present.map((task, i) => {
        const old = averages[task] ?? fresh[i];
        return averages[task] = smoothing * old + (1 - smoothing) * fresh[i];
      });
      return { weights, notes: method.report?.().notes, headWeights: method.headWeights?.() };
    },
    state: () => ({ averages: [...averages], method: method.state?.() ?? {} }),
    restore(state) {
      averages = [...state.averages as (number | null)[]];
      method.restore?.(state.method as BalancerState);
    },
    reset(tasks) {
      averages = [];
      method.reset?.(Array.from({ length: tasks }, (_, task) => String(task)));
    },
  }, options);
}
