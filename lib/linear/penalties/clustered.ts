import { singularValues } from "../_decompositions.ts";
import { boxShares } from "./_box.ts";
import { spectralOperator } from "./_spectral.ts";
import type { Penalty } from "./penalty.ts";

// clustered (CMTL):             Ω(W) = min_M ρ₁ η (1 + η) tr(W (η I + M)⁻¹ Wᵀ),  M between tasks
// alternatingStructure (cASO):  Ω(W) = min_M ρ₁ η (1 + η) tr(Wᵀ (η I + M)⁻¹ W),  M between features
// both over tr M = k, 0 ⪯ M ⪯ I, with η = ρ₂ / ρ₁
//
// The best M has the singular vectors of W, so both are the same function of the singular values:
//   Ω(W) = ρ₁ η (1 + η) min_θ Σ σ_i² / (η + θ_i),  0 ≤ θ ≤ 1, Σ θ = k
// (the equivalence of Zhou, Chen and Ye 2011; a spectral box norm, McDonald, Pontil, Stamos 2016),
// and the proximal operator is exact: σ ← σ (η + θ) / (η + θ + 2 s ρ₁ η (1 + η)).

/** Settings of {@linkcode clustered} and {@linkcode alternatingStructure}. */
export interface ClusteredOptions {
  /** ρ₁ > 0: on coefficients outside the shared directions. */
  readonly outside: number;
  /** ρ₂ > 0: on all coefficients. The smaller ρ₂ / ρ₁, the harder the structure. */
  readonly overall: number;
}

/**
 * Clustered tasks, convex relaxation of k-means over the task vectors (CMTL; Jacob, Bach and Vert
 * 2008; Zhou, Chen and Ye, NIPS 2011).
 *
 * @param clusters Number of clusters k, from 1 to the tasks (with classifications: their columns).
 */
export function clustered(clusters: number, options: ClusteredOptions): Penalty {
  return spectralBox("clustered", "tasks", { ...options, clusters }, clusters, options);
}

/**
 * Alternating structure optimisation, convex relaxation (cASO; Ando and Zhang 2005; Chen, Tang, Liu
 * and Ye, ICML 2009): the tasks share a subspace of `dimensions` directions of the features.
 *
 * @param dimensions Number of shared directions h, from 1 to the features.
 */
export function alternatingStructure(dimensions: number, options: ClusteredOptions): Penalty {
  const settings = { ...options, dimensions };
  return spectralBox("alternatingStructure", "features", settings, dimensions, options);
}

function spectralBox(
  name: string,
  side: "tasks" | "features",
  settings: Record<string, number>,
  total: number,
  { outside, overall }: ClusteredOptions,
): Penalty {
  if (!(total >= 1) || !(outside > 0) || !(overall > 0) || !Number.isFinite(outside + overall)) {
    throw new RangeError(
      `${name} needs at least 1 cluster or dimension and strengths above 0, but has ` +
        `${JSON.stringify(settings)}.`,
    );
  }
  const ratio = overall / outside;
  const strength = outside * ratio * (1 + ratio);
  return {
    name,
    parts: 1,
    configuration: { name, ...settings },
    bind({ features, columns }) {
      const most = side === "tasks" ? columns : features;
      if (total > most) {
        throw new RangeError(
          `${name} cannot have ${total} ${
            side === "tasks" ? "clusters" : "dimensions"
          } of ${most} ` +
            `${side}.`,
        );
      }
      const operate = spectralOperator(columns, features);
      return {
        value(w) {
          const singular = singularValues(w, columns, features);
          const shares = boxShares(singular, ratio, total);
          return strength *
            singular.reduce((sum, s, i) => sum + s * s / (ratio + shares[i]), 0);
        },
        apply: (v, step) =>
          operate(v, (singular) => {
            const shift = 2 * step * strength;
            const shares = boxShares(singular, ratio + shift, total);
            return singular.map((s, i) => s * (ratio + shares[i]) / (ratio + shares[i] + shift));
          }),
      };
    },
  };
}
