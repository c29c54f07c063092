import { symmetricEigen } from "./_decompositions.ts";
import { addScaled, multiplyTransposed } from "./_matrix.ts";
import type { LinearData } from "./data.ts";
import { fit, type FitSettings, modelOf, sessionFor, solveOptions, startingPoint } from "./fit.ts";
import { LinearModel } from "./model.ts";
import { boxShares } from "./penalties/_box.ts";
import { taskQuadratic } from "./penalties/_task_graph.ts";
import { alternatingStructure, clustered, type ClusteredOptions } from "./penalties/clustered.ts";
import type { Penalty } from "./penalties/penalty.ts";
import { ridge } from "./penalties/ridge.ts";
import type { StopReason } from "./solver.ts";

/** Settings of {@linkcode fitAlternating}: clusters of tasks, or shared directions of the features. */
export type AlternatingOptions =
  & FitSettings
  & ClusteredOptions
  & {
    /** Rounds of both steps at most. Default 500. */
    readonly rounds?: number;
  }
  & (
    | {
      /** Number of clusters k, from 1 to the tasks: fits {@linkcode clustered}. */
      readonly clusters: number;
      readonly dimensions?: undefined;
    }
    | {
      /** Number of shared directions h, from 1: fits {@linkcode alternatingStructure}. */
      readonly dimensions: number;
      readonly clusters?: undefined;
    }
  );

/** What {@linkcode fitAlternating} found. */
export interface AlternatingResult {
  /** Its report is that of the whole problem, its iterations are rounds. */
  readonly model: LinearModel;
  /**
   * The best M for the coefficients: with `clusters` `[tasks, tasks]`, which tasks go together; with `dimensions`
   * `[features, features]`, the directions that the tasks share.
   */
  readonly relation: Float64Array;
  /** The objective after every round; it never rises, rounding aside. */
  readonly objectives: readonly number[];
}

/**
 * Clustered tasks or shared directions by turns: the best relation M for the coefficients (in closed
 * form), then the best coefficients for the relation (linear equations, with squared losses). The
 * objective is convex in both together, so this reaches the same point as `fit` with `clustered` or
 * `alternatingStructure`, and shows M on the way; `fit` is faster.
 *
 * Stops when the proximal gradient of the whole problem says so (`tolerance`), when a round no longer
 * lowers the objective (`"precision"`), or after `rounds`.
 *
 * @throws {RangeError} When clusters are asked of tasks with several columns.
 */
export function fitAlternating(data: LinearData, options: AlternatingOptions): AlternatingResult {
  const { outside, overall, rounds = 500, tolerance = 1e-8 } = options;
  const between = options.clusters !== undefined ? "tasks" : "features";
  const total = options.clusters ?? options.dimensions;
  const whole = between === "tasks"
    ? clustered(total, { outside, overall })
    : alternatingStructure(total, { outside, overall });
  const session = sessionFor(data, options);
  const { layout } = session.problem;
  if (between === "tasks" && layout.columns !== layout.tasks.length) {
    throw new RangeError("fitAlternating takes tasks of one column each: no classifications.");
  }
  const size = between === "tasks" ? layout.columns : layout.features;
  const ratio = overall / outside, strength = outside * ratio * (1 + ratio);
  whole.bind(layout);
  const inner = solveOptions({ ...options, tolerance: 1e-12 });
  const withRelation = (m: Float64Array, start?: LinearModel): LinearModel => {
    const power = (exponent: number) =>
      spectral(m, size, (share) => (strength / (ratio + share)) ** exponent);
    if (between === "features") {
      return inDirections(data, { ...options, ...inner }, power(-0.5), power(0.5), start);
    }
    const form = power(1);
    const fixed: Penalty = { ...whole, bind: (own) => taskQuadratic(whole.name, own, form) };
    return modelOf(data, options, whole, session.solve(fixed, inner));
  };
  let relation: Float64Array = new Float64Array(size * size);
  for (let k = 0; k < size; k++) relation[k * size + k] = Math.min(1, total / size);
  let model: LinearModel | undefined;
  const objectives: number[] = [];
  for (;;) {
    model = withRelation(relation, model);
    const { objective, certificate } = session.judge(whole, startingPoint(model, data));
    const before = objectives.at(-1) ?? Infinity;
    objectives.push(objective);
    const reason: StopReason | undefined = certificate <= tolerance
      ? "converged"
      : objectives.length >= rounds
      ? "iterations"
      : before - objective <= 1e-15 * Math.abs(objective)
      ? "precision"
      : undefined;
    relation = bestRelation(model.coefficients, size, between, ratio, total);
    if (!reason) continue;
    return {
      model: new LinearModel({
        ...model,
        parts: model.coefficients,
        penalty: whole.configuration,
        report: {
          solver: "alternating",
          iterations: objectives.length,
          reason,
          objective,
          certificate: { kind: "proximal gradient", value: certificate, tolerance },
        },
      }),
      relation,
      objectives,
    };
  }
}

/**
 * The best coefficients under `tr(Wᵀ B⁻² W)` for a symmetric `B` between the features: a ridge in the
 * coordinates `B⁻¹ w`, in which the inputs are `X B`.
 */
function inDirections(
  data: LinearData,
  settings: FitSettings,
  forward: Float64Array,
  back: Float64Array,
  start: LinearModel | undefined,
): LinearModel {
  const changed = (model: LinearModel, matrix: Float64Array) => {
    const { features, columns } = model.layout;
    const parts = new Float64Array(model.coefficients.length);
    multiplyTransposed(model.coefficients, matrix, parts, columns, features, features);
    return new LinearModel({ ...model, parts });
  };
  const turned = data.mapInputs(({ rows, columns, values }) => {
    const out = new Float64Array(values.length);
    multiplyTransposed(values, forward, out, rows, columns, columns);
    return { rows, columns, values: out };
  });
  const found = fit(turned, {
    ...settings,
    penalty: ridge(1),
    start: start && changed(start, back),
  });
  return changed(found, forward);
}

/** `f(M)` for a symmetric matrix. */
function spectral(m: Float64Array, size: number, f: (value: number) => number): Float64Array {
  const { values, vectors } = symmetricEigen(m, size);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const factor = f(Math.max(0, values[i]));
    for (let a = 0; a < size; a++) {
      addScaled(out, factor * vectors[i * size + a], vectors, size, a * size, i * size);
    }
  }
  return out;
}

/** The M of least penalty: it has the singular vectors of W, with box shares as eigenvalues. */
function bestRelation(
  w: Float64Array,
  size: number,
  between: "tasks" | "features",
  ratio: number,
  total: number,
): Float64Array {
  const other = w.length / size;
  const inner = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      let sum = 0;
      for (let i = 0; i < other; i++) {
        sum += between === "tasks"
          ? w[a * other + i] * w[b * other + i]
          : w[i * size + a] * w[i * size + b];
      }
      inner[a * size + b] = sum;
    }
  }
  const { values, vectors } = symmetricEigen(inner, size);
  // What rounding leaves of a zero gets no share.
  const noise = 1e-14 * Math.max(...values);
  const shares = boxShares(values.map((v) => v > noise ? Math.sqrt(v) : 0), ratio, total);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let a = 0; a < size; a++) {
      addScaled(out, shares[i] * vectors[i * size + a], vectors, size, a * size, i * size);
    }
  }
  return out;
}
