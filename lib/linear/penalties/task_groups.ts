import { dot } from "../_matrix.ts";
import { groupFactor } from "./_shrink.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ Σ_k ‖w_·k‖₂, one norm for each task over all its coefficients

/**
 * Group-sparse tasks: `ρ Σ_k ‖w_k‖₂`. A task's whole vector is zero or free; as the second part of
 * {@linkcode robust} it takes up the tasks that do not fit the rest.
 *
 * @param strength ρ ≥ 0.
 */
export function taskGroups(strength: number): Penalty {
  checkStrength("strength of taskGroups", strength);
  return {
    name: "taskGroups",
    parts: 1,
    configuration: { name: "taskGroups", strength },
    bind({ features, offsets }) {
      const norms = (w: Float64Array) =>
        offsets.slice(1).map((end, task) => {
          const start = offsets[task] * features;
          return Math.sqrt(dot(w, w, end * features - start, start, start));
        });
      return {
        value: (w) => strength * norms(w).reduce((sum, length) => sum + length, 0),
        apply(v, step) {
          norms(v).forEach((length, task) => {
            const factor = groupFactor(length, step * strength);
            for (let i = offsets[task] * features; i < offsets[task + 1] * features; i++) {
              v[i] *= factor;
            }
          });
        },
        dual: (gradient) => Math.max(...norms(gradient)) / strength,
      };
    },
  };
}
