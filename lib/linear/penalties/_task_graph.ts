import { symmetricEigen } from "../_decompositions.ts";
import { addScaled, dot } from "../_matrix.ts";
import type { Layout } from "../layout.ts";
import type { BoundPenalty } from "./penalty.ts";

/**
 * The penalty `tr(W M Wᵀ)` for any symmetric positive semidefinite `M` `[tasks, tasks]`.
 *
 * Tasks with several columns are tied column by column, so all must have equally many.
 */
export function taskQuadratic(name: string, layout: Layout, m: Float64Array): BoundPenalty {
  const { features, tasks } = layout;
  const count = tasks.length;
  const width = equalWidth(name, layout);
  const { values, vectors } = symmetricEigen(m, count);
  const diagonal = new Float64Array(layout.columns);
  for (let column = 0; column < layout.columns; column++) {
    const task = Math.floor(column / width);
    diagonal[column] = m[task * count + task];
  }
  /** `out = W f(M)` for a symmetric matrix between tasks. */
  const mix = (w: Float64Array, between: Float64Array, out: Float64Array): void => {
    const size = width * features;
    out.fill(0);
    for (let to = 0; to < count; to++) {
      for (let from = 0; from < count; from++) {
        const factor = between[to * count + from];
        if (factor !== 0) addScaled(out, factor, w, size, to * size, from * size);
      }
    }
  };
  let shrinking = { step: NaN, matrix: m };
  return {
    value(w) {
      const product = new Float64Array(w.length);
      mix(w, m, product);
      return dot(product, w);
    },
    apply(v, step) {
      if (shrinking.step !== step) {
        const matrix = spectralFunction(values, vectors, (value) => 1 / (1 + 2 * step * value));
        shrinking = { step, matrix };
      }
      const old = v.slice();
      mix(old, shrinking.matrix, v);
    },
    quadratic: {
      multiply: (w, out) => mix(w, m, out),
      diagonal,
      largest: Math.max(0, values[count - 1]),
      separable: count === 1,
    },
  };
}

/** `Σ f(λ_i) v_i v_iᵀ`, negative rounding of λ taken as 0. */
function spectralFunction(
  values: Float64Array,
  vectors: Float64Array,
  f: (value: number) => number,
): Float64Array {
  const size = values.length;
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const factor = f(Math.max(0, values[i]));
    for (let a = 0; a < size; a++) {
      addScaled(out, factor * vectors[i * size + a], vectors, size, a * size, i * size);
    }
  }
  return out;
}

/** The number of columns of every task; throws when they differ. */
export function equalWidth(name: string, { offsets, tasks }: Layout): number {
  const width = offsets[1];
  for (let task = 1; task < tasks.length; task++) {
    const other = offsets[task + 1] - offsets[task];
    if (other !== width) {
      throw new RangeError(
        `${name} ties tasks column by column, but "${tasks[0]}" has ${width} and ` +
          `"${tasks[task]}" has ${other}: give tasks with equally many classes.`,
      );
    }
  }
  return width;
}
