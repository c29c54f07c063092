import { dot } from "../_matrix.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ ‖W‖²_F = ρ Σ_k ‖w_k‖²

/**
 * Ridge: `ρ ‖W‖²_F` (Hoerl and Kennard 1970). The tasks stay independent: the baseline.
 *
 * @param strength ρ ≥ 0. scikit-learn's `Ridge(alpha)` is `ridge(alpha / 2)`.
 */
export function ridge(strength: number): Penalty {
  checkStrength("strength of ridge", strength);
  return {
    name: "ridge",
    parts: 1,
    configuration: { name: "ridge", strength },
    bind: ({ columns }) => ({
      value: (w) => strength * dot(w, w),
      apply(v, step) {
        const factor = 1 / (1 + 2 * step * strength);
        for (let i = 0; i < v.length; i++) v[i] *= factor;
      },
      quadratic: {
        multiply(w, out) {
          for (let i = 0; i < w.length; i++) out[i] = strength * w[i];
        },
        diagonal: new Float64Array(columns).fill(strength),
        largest: strength,
        separable: true,
      },
    }),
  };
}
