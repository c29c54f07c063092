import { equalWidth, taskQuadratic } from "./_task_graph.ts";
import { shrinkDifferences } from "./_shrink.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// temporal: Ω(W) = ρ Σ_k ‖w_{k+1} - w_k‖²
// fused:    Ω(W) = ρ Σ_k ‖w_{k+1} - w_k‖₁

/**
 * Temporal: neighbours in the order of the tasks get similar coefficients, `ρ Σ_k ‖w_{k+1} - w_k‖²`
 * (Zhou, Yuan, Liu and Ye, KDD 2011: a disease followed over visits).
 *
 * @param strength ρ ≥ 0.
 */
export function temporal(strength: number): Penalty {
  checkStrength("strength of temporal", strength);
  return {
    name: "temporal",
    parts: 1,
    configuration: { name: "temporal", strength },
    bind(layout) {
      const count = layout.tasks.length;
      const m = new Float64Array(count * count);
      for (let k = 0; k + 1 < count; k++) {
        m[k * count + k] += strength;
        m[(k + 1) * count + k + 1] += strength;
        m[k * count + k + 1] -= strength;
        m[(k + 1) * count + k] -= strength;
      }
      return taskQuadratic("temporal", layout, m);
    },
  };
}

/**
 * Fused: coefficients stay the same from task to task except at a few jumps,
 * `ρ Σ_k ‖w_{k+1} - w_k‖₁` (Tibshirani et al. 2005; Zhou et al. 2012).
 *
 * @param strength ρ ≥ 0.
 */
export function fused(strength: number): Penalty {
  checkStrength("strength of fused", strength);
  return {
    name: "fused",
    parts: 1,
    configuration: { name: "fused", strength },
    bind(layout) {
      const size = equalWidth("fused", layout) * layout.features;
      const series = new Float64Array(layout.tasks.length);
      return {
        value(w) {
          let sum = 0;
          for (let i = size; i < w.length; i++) sum += Math.abs(w[i] - w[i - size]);
          return strength * sum;
        },
        apply(v, step) {
          for (let j = 0; j < size; j++) {
            for (let k = 0; k < series.length; k++) series[k] = v[k * size + j];
            shrinkDifferences(series, step * strength);
            for (let k = 0; k < series.length; k++) v[k * size + j] = series[k];
          }
        },
      };
    },
  };
}
