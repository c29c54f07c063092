import type { BoundPenalty, Penalty } from "./penalty.ts";

// Ω(W) = min_{W = A + B} Ω_a(A) + Ω_b(B)

/**
 * Splits the coefficients in two parts with a penalty each: `min_{A + B = W} a(A) + b(B)`.
 *
 * `superpose(traceNorm(1), lasso(2))` is low rank plus sparse. The fitted model keeps both parts.
 */
export function superpose(first: Penalty, second: Penalty): Penalty {
  return {
    name: `superpose(${first.name}, ${second.name})`,
    parts: first.parts + second.parts,
    configuration: {
      name: "superpose",
      first: first.configuration,
      second: second.configuration,
    },
    bind(layout) {
      const a = first.bind(layout), b = second.bind(layout);
      const cut = first.parts * layout.columns * layout.features;
      if (a.smoothPart || b.smoothPart) {
        throw new RangeError(
          `superpose takes penalties with a proximal operator of their own, but ` +
            `${a.smoothPart ? first.name : second.name} is a sum with quadratic terms.`,
        );
      }
      const bound: BoundPenalty = {
        value: (w) => a.value(w.subarray(0, cut)) + b.value(w.subarray(cut)),
        apply(v, step) {
          a.apply(v.subarray(0, cut), step);
          b.apply(v.subarray(cut), step);
        },
      };
      // The dual norm of an infimal sum of norms is the larger of their dual norms.
      if (a.dual && b.dual) {
        const aDual = a.dual.bind(a), bDual = b.dual.bind(b);
        bound.dual = (gradient) => Math.max(aDual(gradient), bDual(gradient));
      }
      return bound;
    },
  };
}
