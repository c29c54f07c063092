import { simplexLevel } from "./_shrink.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ ‖W‖_{1,∞} = ρ Σ_j max_k |w_jk|

/**
 * L1,∞: `ρ Σ_j max_k |w_jk|` (Turlach, Venables and Wright 2005; Negahban and Wainwright 2008). Like
 * {@linkcode jointFeatures}, and coefficients below the largest of their feature cost nothing.
 *
 * @param strength ρ ≥ 0.
 */
export function l1Infinity(strength: number): Penalty {
  checkStrength("strength of l1Infinity", strength);
  return {
    name: "l1Infinity",
    parts: 1,
    configuration: { name: "l1Infinity", strength },
    bind({ features, columns }) {
      const sizes = new Float64Array(columns);
      return {
        value(w) {
          let sum = 0;
          for (let j = 0; j < features; j++) {
            let largest = 0;
            for (let i = j; i < w.length; i += features) {
              largest = Math.max(largest, Math.abs(w[i]));
            }
            sum += largest;
          }
          return strength * sum;
        },
        apply(v, step) {
          // By Moreau: v minus its projection on the L1 ball of radius t, which clips at a level.
          const radius = step * strength;
          for (let j = 0; j < features; j++) {
            let sum = 0;
            for (let k = 0; k < columns; k++) {
              sizes[k] = Math.abs(v[k * features + j]);
              sum += sizes[k];
            }
            const level = sum > radius ? simplexLevel(sizes, radius) : 0;
            for (let i = j; i < v.length; i += features) {
              v[i] = Math.sign(v[i]) * Math.min(Math.abs(v[i]), level);
            }
          }
        },
        dual(gradient) {
          let largest = 0;
          for (let j = 0; j < features; j++) {
            let sum = 0;
            for (let i = j; i < gradient.length; i += features) sum += Math.abs(gradient[i]);
            largest = Math.max(largest, sum);
          }
          return largest / strength;
        },
      };
    },
  };
}
