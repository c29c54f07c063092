import { dot } from "../_matrix.ts";
import { equalWidth } from "./_task_graph.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = min_{w₀} λ₀ ‖w₀‖² + ρ Σ_k ‖w_k - w₀‖²
//      = tr(W M Wᵀ),  M = ρ (I - ρ / (λ₀ + ρ K) 𝟙𝟙ᵀ)
// λ₀ = 0: ρ Σ_k ‖w_k - w̄‖², MALSAR's ‖W R‖²_F with R = I - 𝟙𝟙ᵀ / K

/**
 * Mean-regularised: every task is a shared vector plus a small deviation (Evgeniou and Pontil 2004).
 * Strength 0 makes the tasks independent, a very large one pools them.
 *
 * @param strength ρ ≥ 0 on the deviations.
 * @param options.shared λ₀ ≥ 0 on the shared vector; default 0: free.
 */
export function meanRegularised(strength: number, options: { shared?: number } = {}): Penalty {
  const shared = options.shared ?? 0;
  checkStrength("strength of meanRegularised", strength);
  checkStrength("shared strength of meanRegularised", shared);
  return {
    name: "meanRegularised",
    parts: 1,
    configuration: { name: "meanRegularised", strength, shared },
    bind(layout) {
      const { features, columns, tasks } = layout;
      const size = equalWidth("meanRegularised", layout) * features;
      const count = tasks.length;
      // M has eigenvalue ρ on deviations and this one on the mean.
      const onMean = strength === 0 ? 0 : strength * shared / (shared + strength * count);
      /** `out = W f(M)` when f has these values on the mean and on deviations. */
      const mix = (w: Float64Array, mean: number, deviation: number, out: Float64Array): void => {
        for (let j = 0; j < size; j++) {
          let sum = 0;
          for (let i = j; i < w.length; i += size) sum += w[i];
          const common = (mean - deviation) * sum / count;
          for (let i = j; i < w.length; i += size) out[i] = deviation * w[i] + common;
        }
      };
      return {
        value(w) {
          const product = new Float64Array(w.length);
          mix(w, onMean, strength, product);
          return dot(product, w);
        },
        apply: (v, step) => mix(v, 1 / (1 + 2 * step * onMean), 1 / (1 + 2 * step * strength), v),
        quadratic: {
          multiply: (w, out) => mix(w, onMean, strength, out),
          diagonal: new Float64Array(columns).fill(strength + (onMean - strength) / count),
          largest: strength,
          separable: count === 1,
        },
      };
    },
  };
}
