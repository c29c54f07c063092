import { featureNorms, groupFactor, scaleFeatures } from "./_shrink.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ ‖W‖_{2,1} = ρ Σ_j ‖w_j·‖₂, one norm for each feature over all tasks

/**
 * Joint feature selection: `ρ Σ_j ‖w_j·‖₂` (Obozinski, Taskar and Jordan 2006; Argyriou, Evgeniou
 * and Pontil 2008). A feature is in for all tasks or out for all.
 *
 * @param strength ρ ≥ 0. scikit-learn's `MultiTaskLasso(alpha)` on n rows is
 *   `jointFeatures(n alpha)`.
 */
export function jointFeatures(strength: number): Penalty {
  checkStrength("strength of jointFeatures", strength);
  return {
    name: "jointFeatures",
    parts: 1,
    configuration: { name: "jointFeatures", strength },
    bind: ({ features }) => ({
      value: (w) => strength * featureNorms(w, features).reduce((sum, length) => sum + length, 0),
      apply(v, step) {
        const factors = featureNorms(v, features)
          .map((length) => groupFactor(length, step * strength));
        scaleFeatures(v, factors);
      },
      dual: (gradient) => Math.max(...featureNorms(gradient, features)) / strength,
      featureSeparable: { entry: 0, feature: strength },
    }),
  };
}
