import { simplexLevel } from "./_shrink.ts";
import { largestSingular, spectralOperator, traceNormOf } from "./_spectral.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ ‖W‖_* = ρ Σ_i σ_i(W)

/**
 * Trace norm: `ρ Σ σ_i(W)` (Fazel, Hindi and Boyd 2001; Argyriou et al. 2008; Ji and Ye 2009). The
 * tasks share a few directions of the feature space: `W` of low rank.
 *
 * @param strength ρ ≥ 0.
 */
export function traceNorm(strength: number): Penalty {
  checkStrength("strength of traceNorm", strength);
  return {
    name: "traceNorm",
    parts: 1,
    configuration: { name: "traceNorm", strength },
    bind({ features, columns }) {
      const operate = spectralOperator(columns, features);
      return {
        value: (w) => strength * traceNormOf(w, columns, features),
        apply: (v, step) =>
          operate(v, (singular) => singular.map((s) => Math.max(0, s - step * strength))),
        dual: (gradient) => largestSingular(gradient, columns, features) / strength,
      };
    },
  };
}

// Ω(W) = 0 if ‖W‖_* ≤ τ, else ∞

/**
 * Trace norm as a bound: `‖W‖_* ≤ τ`. Its proximal operator is the projection.
 *
 * @param radius τ > 0.
 */
export function traceNormBall(radius: number): Penalty {
  if (!(radius > 0) || !Number.isFinite(radius)) {
    throw new RangeError(`The trace norm bound must be a finite number above 0, but is ${radius}.`);
  }
  return {
    name: "traceNormBall",
    parts: 1,
    configuration: { name: "traceNormBall", radius },
    bind({ features, columns }) {
      const operate = spectralOperator(columns, features);
      return {
        value: (w) => traceNormOf(w, columns, features) <= radius * (1 + 1e-9) ? 0 : Infinity,
        apply: (v) =>
          operate(v, (singular) => {
            const sum = singular.reduce((total, s) => total + s, 0);
            const level = sum > radius ? simplexLevel(singular, radius) : 0;
            return singular.map((s) => Math.max(0, s - level));
          }),
      };
    },
  };
}
