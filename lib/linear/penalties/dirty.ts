import { l1Infinity } from "./l1_infinity.ts";
import { lasso } from "./lasso.ts";
import { type Penalty, renamed } from "./penalty.ts";
import { superpose } from "./superpose.ts";

// Ω(W) = min_{P + Q = W} ρ_b ‖P‖_{1,∞} + ρ_s ‖Q‖₁

/**
 * Dirty model: features shared by all tasks plus features of single tasks (Jalali, Ravikumar,
 * Sanghavi and Ruan, NIPS 2010). Never worse than the better of the two by much.
 *
 * @param options.shared ρ_b ≥ 0 on the largest shared coefficient of every feature.
 * @param options.own ρ_s ≥ 0 on every coefficient of single tasks.
 */
export function dirty(options: { shared: number; own: number }): Penalty {
  return renamed(
    "dirty",
    { ...options },
    superpose(l1Infinity(options.shared), lasso(options.own)),
  );
}
