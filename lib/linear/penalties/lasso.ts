import { shrinkEntries } from "./_shrink.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ ‖W‖₁ = ρ Σ_{j,k} |w_jk|

/**
 * Lasso: `ρ ‖W‖₁` (Tibshirani 1996). Few features a task, each task choosing its own.
 *
 * @param strength ρ ≥ 0. scikit-learn's `Lasso(alpha)` on n rows is `lasso(n alpha)`.
 */
export function lasso(strength: number): Penalty {
  checkStrength("strength of lasso", strength);
  return {
    name: "lasso",
    parts: 1,
    configuration: { name: "lasso", strength },
    bind: () => ({
      value(w) {
        let sum = 0;
        for (let i = 0; i < w.length; i++) sum += Math.abs(w[i]);
        return strength * sum;
      },
      apply: (v, step) => shrinkEntries(v, step * strength),
      dual(gradient) {
        let largest = 0;
        for (let i = 0; i < gradient.length; i++) {
          largest = Math.max(largest, Math.abs(gradient[i]));
        }
        return largest / strength;
      },
      featureSeparable: { entry: strength, feature: 0 },
    }),
  };
}
