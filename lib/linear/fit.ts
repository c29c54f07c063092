import type { LinearData, LinearTask } from "./data.ts";
import { logistic, type Loss, multinomial, squared } from "./losses.ts";
import { LinearModel } from "./model.ts";
import { problemOf } from "./_problem.ts";
import { Session, type Solution } from "./_session.ts";
import type { Penalty } from "./penalties/penalty.ts";

/** Settings that every fit of linear tasks shares. */
export interface FitSettings {
  /**
   * One loss for all tasks, or by task name. Default by kind: {@linkcode squared} for numbers,
   * {@linkcode logistic} for 0 and 1, {@linkcode multinomial} for classes.
   */
  readonly loss?: Loss | Readonly<Record<string, Loss>>;
  /** Whether every column has an intercept, which no penalty sees. Default true. */
  readonly intercept?: boolean;
  /**
   * α_k: `"sum"` (1 for all, so that large tasks count more; the default), `"mean"` (1 / rows of the
   * task), or a number above 0 by task name.
   */
  readonly weights?: "sum" | "mean" | Readonly<Record<string, number>>;
  /** Default `"auto"`: the fastest that applies. `"fista"`: always accelerated proximal gradient. */
  readonly solver?: "auto" | "fista";
  /** The certificate to reach (see {@linkcode SolverReport}). Default 1e-8. */
  readonly tolerance?: number;
  /** Default 20,000. */
  readonly maxIterations?: number;
}

/** Settings of {@linkcode fit}. */
export interface FitOptions extends FitSettings {
  /** The penalty Ω, with its strength. */
  readonly penalty: Penalty;
  /** Start from this model's coefficients. */
  readonly start?: LinearModel;
}

/**
 * Fits linear tasks together: `min over W, c of Σ_k α_k R_k(w_k, c_k) + Ω(W)`.
 *
 * ```ts
 * import { linear } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const { fit, jointFeatures, LinearData } = linear;
 * const data = LinearData.of({
 *   a: { inputs: [[1], [2], [3]], targets: [1, 2, 3] },
 *   b: { inputs: [[1], [2], [3]], targets: [2, 4, 6] },
 * });
 * const model = fit(data, { penalty: jointFeatures(0.1) });
 * strictEqual(model.report.reason, "converged");
 * const [prediction] = model.predict("b", [[4]]);
 * strictEqual(Math.round(prediction), 8);
 * ```
 *
 * @throws {RangeError} When a loss does not fit a task, a weight is not above 0, or the penalty cannot
 *   tie these tasks.
 */
export function fit(data: LinearData, options: FitOptions): LinearModel {
  const { penalty, start } = options;
  const session = sessionFor(data, options, start && startingPoint(start, data));
  return modelOf(data, options, penalty, session.solve(penalty, solveOptions(options)));
}

/** The session that fits `data` under these settings. */
export function sessionFor(
  data: LinearData,
  settings: FitSettings,
  start?: { parts: number; x: Float64Array },
): Session {
  const losses = data.tasks.map((task) => lossOf(task, settings.loss));
  const weights = data.tasks.map((task) => weightOf(task, settings.weights));
  return new Session(problemOf(data, losses, weights, settings.intercept ?? true), start);
}

/** Defaults filled in. */
export function solveOptions(
  { solver = "auto", tolerance = 1e-8, maxIterations = 20_000 }: FitSettings,
) {
  return { solver, tolerance, maxIterations };
}

/** A solution as a model. */
export function modelOf(
  data: LinearData,
  settings: FitSettings,
  penalty: Penalty,
  { parts, intercepts, report }: Solution,
): LinearModel {
  return new LinearModel({
    tasks: data.tasks.map((task) => ({
      name: task.name,
      kind: task.kind,
      classes: task.classes,
      labels: task.labels,
      loss: lossOf(task, settings.loss),
    })),
    features: data.features,
    parts,
    intercepts,
    penalty: penalty.configuration,
    report,
  });
}

/** The point of `model` in a solver's coordinates for `data`, with intercepts for centred inputs. */
export function startingPoint(
  model: LinearModel,
  data: LinearData,
): { parts: number; x: Float64Array } {
  const { layout, coefficients, intercepts } = model;
  if (layout.features !== data.features.length || layout.tasks.length !== data.tasks.length) {
    throw new RangeError(
      `The starting model has ${layout.tasks.length} tasks and ${layout.features} features, the ` +
        `data ${data.tasks.length} and ${data.features.length}.`,
    );
  }
  const own = intercepts.slice();
  data.tasks.forEach(({ inputs }, k) => {
    for (let column = layout.offsets[k]; column < layout.offsets[k + 1]; column++) {
      for (let j = 0; j < layout.features; j++) {
        let sum = 0;
        for (let i = j; i < inputs.values.length; i += layout.features) sum += inputs.values[i];
        own[column] += sum / inputs.rows * coefficients[column * layout.features + j];
      }
    }
  });
  const x = new Float64Array(model.parts.length * coefficients.length + own.length);
  model.parts.forEach((part, k) => x.set(part, k * coefficients.length));
  x.set(own, model.parts.length * coefficients.length);
  return { parts: model.parts.length, x };
}

function lossOf(task: LinearTask, given: FitSettings["loss"]): Loss {
  const one = given && ("evaluate" in given ? given as Loss : given[task.name]);
  if (one) return one;
  return task.kind === "regression"
    ? squared()
    : task.kind === "binary"
    ? logistic()
    : multinomial();
}

function weightOf(task: LinearTask, given: FitSettings["weights"] = "sum"): number {
  if (given === "sum") return 1;
  if (given === "mean") return 1 / task.targets.length;
  const weight = given[task.name] ?? 1;
  if (!(weight > 0) || !Number.isFinite(weight)) {
    throw new RangeError(`The weight of task "${task.name}" must be above 0, but is ${weight}.`);
  }
  return weight;
}
