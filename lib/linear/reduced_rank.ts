import { thinSvd } from "./_decompositions.ts";
import { addScaled, dot, multiplyTransposed } from "./_matrix.ts";
import type { LinearData } from "./data.ts";
import { modelOf, sessionFor, solveOptions } from "./fit.ts";
import { squared } from "./losses.ts";
import { LinearModel } from "./model.ts";
import { ridge } from "./penalties/ridge.ts";

// min over rank(W) ≤ r of ½ ‖Y - X W‖² + ρ ‖W‖²_F: fit without the rank, then project the columns on
// the r leading right singular vectors of the fitted [X; √(2ρ) I] W (Izenman 1975; Mukherjee and Zhu
// 2011 with the ridge).

/**
 * Reduced-rank regression: the tasks' coefficients span at most `rank` directions. Not convex, and yet
 * solved exactly when all tasks share their rows. The report's certificate is the gap to the lower bound
 * of Eckart and Young (1936): no coefficients of that rank can be nearer to the fit without it.
 *
 * @param options.rank From 1.
 * @param options.ridge ρ ≥ 0; default 0.
 * @throws {RangeError} When tasks have rows of their own or are no regressions.
 */
export function reducedRank(
  data: LinearData,
  options: { readonly rank: number; readonly ridge?: number },
): LinearModel {
  const { rank, ridge: strength = 0 } = options;
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`The rank must be a whole number from 1, but is ${rank}.`);
  }
  const [{ inputs }] = data.tasks;
  const odd = data.tasks.find((task) => task.inputs !== inputs || task.kind !== "regression");
  if (odd) {
    throw new RangeError(
      `Reduced rank needs regressions on shared rows, but "${odd.name}" ` +
        `${odd.kind === "regression" ? "has rows of its own" : `is a ${odd.kind}`}: use traceNorm.`,
    );
  }
  const settings = { loss: squared() }, penalty = ridge(strength);
  const session = sessionFor(data, settings);
  const full = modelOf(data, settings, penalty, session.solve(penalty, solveOptions(settings)));
  const { coefficients: w, layout: { features, columns } } = full;
  const means = new Float64Array(features);
  for (let row = 0; row < inputs.rows; row++) {
    addScaled(means, 1 / inputs.rows, inputs.values, features, 0, row * features);
  }
  const centred = inputs.values.map((value, i) => value - means[i % features]);
  const height = inputs.rows + features;
  const fitted = new Float64Array(columns * height);
  const scores = new Float64Array(columns * inputs.rows);
  multiplyTransposed(w, centred, scores, columns, inputs.rows, features);
  for (let k = 0; k < columns; k++) {
    fitted.set(scores.subarray(k * inputs.rows, (k + 1) * inputs.rows), k * height);
    for (let j = 0; j < features; j++) {
      fitted[k * height + inputs.rows + j] = Math.sqrt(2 * strength) * w[k * features + j];
    }
  }
  const { left, singular } = thinSvd(fitted, columns, height);
  const projected = new Float64Array(w.length);
  for (let i = 0; i < Math.min(rank, singular.length) && singular[i] > 0; i++) {
    for (let a = 0; a < columns; a++) {
      for (let b = 0; b < columns; b++) {
        const factor = left[i * columns + a] * left[i * columns + b];
        addScaled(projected, factor, w, features, a * features, b * features);
      }
    }
  }
  const intercepts = full.intercepts.map((intercept, k) =>
    intercept + dot(means, w, features, 0, k * features) -
    dot(means, projected, features, 0, k * features)
  );
  const objectiveAt = (x: Float64Array) => session.judge(penalty, { parts: 1, x }).objective;
  const objective = objectiveAt(projected);
  const discarded = singular.subarray(rank);
  const least = full.report.objective + 0.5 * dot(discarded, discarded);
  const gap = Math.abs(objective - least) /
    Math.max(objectiveAt(new Float64Array(w.length)), Number.MIN_VALUE);
  const { tolerance } = full.report.certificate;
  return new LinearModel({
    tasks: full.tasks,
    features: data.features,
    parts: projected,
    intercepts,
    penalty: { name: "reducedRank", rank, ridge: strength },
    report: {
      ...full.report,
      objective,
      reason: gap <= tolerance ? "converged" : "precision",
      certificate: { kind: "duality gap", value: gap, tolerance },
    },
  });
}
