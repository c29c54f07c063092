import type { BalancerState, GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";
import { mgda } from "./mgda.ts";

/** Settings of {@linkcode crMogm}. */
export interface CrMogmOptions extends GramianOptions {
  /**
   * The method whose weights are smoothed. Default {@linkcode mgda}. Its `on` and `every` count for
   * the whole, unless they are given here.
   */
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
  const on = inherited("on", "shared", options.on, method);
  const every = inherited("every", 1, options.every, method);
  let averages: (number | null)[] = [];
  return gramianMethod({
    name: "cr-mogm",
    configuration: { smoothing, method: { ...method.configuration, on, every } },
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
  }, { on, every });
}

/** A setting of the whole, or of the method where that was not given; an error when they differ. */
function inherited<Value>(
  setting: string,
  usual: Value,
  own: Value | undefined,
  { name, configuration }: GramianBalancer,
): Value {
  const inner = configuration[setting] as Value | undefined ?? usual;
  if (own === undefined || own === inner) return inner;
  if (inner === usual) return own;
  throw new RangeError(
    `cr-mogm has ${setting}: ${JSON.stringify(own)}, but its method ${name} has ${
      JSON.stringify(inner)
    }; give it once.`,
  );
}
