import { symmetricEigen } from "./_decompositions.ts";
import { addScaled, dot } from "./_matrix.ts";
import type { LinearData } from "./data.ts";
import { type FitSettings, modelOf, sessionFor, solveOptions } from "./fit.ts";
import type { LinearModel } from "./model.ts";
import { boxShares } from "./penalties/_box.ts";
import { taskQuadratic } from "./penalties/_task_graph.ts";
import { clustered, type ClusteredOptions } from "./penalties/clustered.ts";
import type { Penalty } from "./penalties/penalty.ts";

/** Settings of {@linkcode fitAlternating}. */
export interface AlternatingOptions extends FitSettings, ClusteredOptions {
  /** Number of clusters k ≥ 1. */
  readonly clusters: number;
  /** Rounds of both steps. Default 500. */
  readonly rounds?: number;
}

/** What {@linkcode fitAlternating} found. */
export interface AlternatingResult {
  readonly model: LinearModel;
  /** M `[tasks, tasks]`: which tasks go together. */
  readonly relation: Float64Array;
  /** The objective after every round; it never rises. */
  readonly objectives: readonly number[];
}

/**
 * Clustered tasks by turns: the best relation M for the coefficients (in closed form), then the best
 * coefficients for the relation (linear equations). The objective is convex in both together, so this
 * reaches the same point as `fit` with `clustered`, and shows M on the way; `fit` is faster.
 *
 * Stops when a round lowers the objective by less than `tolerance` of it.
 */
export function fitAlternating(data: LinearData, options: AlternatingOptions): AlternatingResult {
  const { clusters, outside, overall, rounds = 500 } = options;
  const whole = clustered(clusters, { outside, overall });
  const session = sessionFor(data, options);
  const { layout } = session.problem;
  if (layout.columns !== layout.tasks.length) {
    throw new RangeError("fitAlternating takes tasks of one column each: no classifications.");
  }
  const count = layout.columns, ratio = overall / outside;
  const settings = { tolerance: 1e-10, ...options };
  let relation: Float64Array = new Float64Array(count * count);
  for (let k = 0; k < count; k++) relation[k * count + k] = Math.min(1, clusters / count);
  const objectives: number[] = [];
  for (;;) {
    const form = inverseOf(relation, count, ratio, outside * ratio * (1 + ratio));
    const fixed: Penalty = {
      ...whole,
      bind: (own) => taskQuadratic("clustered", own, form),
    };
    const solution = session.solve(fixed, solveOptions({ ...settings, tolerance: 1e-12 }));
    const { objective } = solution.report;
    const before = objectives.at(-1) ?? Infinity;
    objectives.push(objective);
    if (before - objective <= settings.tolerance * objective || objectives.length >= rounds) {
      const model = modelOf(data, options, whole, solution);
      return { model, relation, objectives };
    }
    relation = bestRelation(solution.parts, count, layout.features, ratio, clusters);
  }
}

/** `strength (ratio I + M)⁻¹`. */
function inverseOf(m: Float64Array, size: number, ratio: number, strength: number): Float64Array {
  const { values, vectors } = symmetricEigen(m, size);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const factor = strength / (ratio + Math.max(0, values[i]));
    for (let a = 0; a < size; a++) {
      addScaled(out, factor * vectors[i * size + a], vectors, size, a * size, i * size);
    }
  }
  return out;
}

/** The M of least penalty: it has the singular vectors of W, with box shares as eigenvalues. */
function bestRelation(
  w: Float64Array,
  count: number,
  features: number,
  ratio: number,
  clusters: number,
): Float64Array {
  const inner = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      inner[a * count + b] = dot(w, w, features, a * features, b * features);
    }
  }
  const { values, vectors } = symmetricEigen(inner, count);
  const shares = boxShares(values.map((value) => Math.sqrt(Math.max(0, value))), ratio, clusters);
  const out = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < count; a++) {
      addScaled(out, shares[i] * vectors[i * count + a], vectors, count, a * count, i * count);
    }
  }
  return out;
}
