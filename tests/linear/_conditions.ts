import { ok } from "node:assert/strict";
import type { BoundPenalty } from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";

/** The gradient of the losses with that of the penalty's quadratic share. */
export function gradientWith(
  bound: BoundPenalty,
  w: Float64Array,
  gradient: Float64Array,
): Float64Array {
  const form = bound.quadratic ?? bound.smoothPart;
  if (!form) return gradient.slice();
  const product = new Float64Array(w.length);
  form.multiply(w, product);
  return gradient.map((slope, i) => slope + 2 * product[i]);
}

/** What holds at the optimum of a quadratic penalty or a norm; `full` is from {@linkcode gradientWith}. */
export function normCondition(
  bound: BoundPenalty,
  parts: Float64Array,
  full: Float64Array,
  within: number,
): void {
  const size = full.length;
  if (bound.quadratic) {
    near(full, new Array(size).fill(0), within, "gradient");
    return;
  }
  // A norm: dual norm at most 1, and the pair attains the norm.
  const length = bound.dual!(full);
  ok(length <= 1 + within, `dual norm ${length}`);
  const product = new Float64Array(size);
  bound.smoothPart?.multiply(parts.slice(0, size), product);
  const smooth = product.reduce((sum, p, i) => sum + p * parts[i], 0);
  let inner = 0;
  for (let i = 0; i < parts.length; i++) inner -= full[i % size] * parts[i];
  near([inner], [bound.value(parts) - smooth], within, "inner product");
}
