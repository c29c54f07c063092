import { dot } from "./_matrix.ts";
import type { QuadraticData } from "./_problem.ts";
import type { BoundPenalty } from "./penalties/penalty.ts";

/**
 * Duality gap over the objective at zero, for squared losses. `gradient` is that of the smooth part,
 * whose value is `½ ‖r‖²` with the residual `r` of the data and of the quadratic penalty; `s r` is a
 * dual point when the dual norm of `s gradient` is at most 1.
 *
 * @param dataValue Value of the data part at `w`.
 */
export function relativeGap(
  bound: BoundPenalty,
  { square, linear }: QuadraticData,
  x: Float64Array,
  dataValue: number,
  gradient: Float64Array,
  w: Float64Array = x,
): number {
  if (square === 0) return 0;
  let between = 0;
  if (bound.smoothPart) {
    const product = new Float64Array(w.length);
    bound.smoothPart.multiply(w, product);
    between = dot(product, w);
  }
  const primal = dataValue + bound.value(x);
  const dual = dualBound(
    square - dot(linear, w),
    2 * (dataValue + between),
    1 / bound.dual!(gradient),
  );
  return (primal - dual) / (0.5 * square);
}

/**
 * The dual value `s a - ½ s² b` at the best scale `0 ≤ s ≤ limit` of the residual: `a` is residual
 * times targets, `b` the residual's square.
 */
export function dualBound(a: number, b: number, limit: number): number {
  // No residual: the objective is at zero, and so is the best dual value.
  if (!(b > 0)) return 0;
  const scale = Math.max(0, Math.min(limit, a / b));
  return scale * a - 0.5 * scale * scale * b;
}

/** `½ Σ α ‖y - X w‖²` from the gradient at `w`. */
export function quadraticValue(
  { square, linear }: QuadraticData,
  w: Float64Array,
  gradient: Float64Array,
): number {
  return 0.5 * (square - dot(linear, w) + dot(gradient, w));
}
