import { cholesky, choleskySolve } from "./_cholesky.ts";
import { symmetricEigen } from "./_decompositions.ts";
import { addScaled, dot } from "./_matrix.ts";
import type { LinearData } from "./data.ts";
import { multinomial } from "./losses.ts";
import { LinearModel } from "./model.ts";

// Classes c with means μ_c, shares π_c and one covariance Σ within all classes:
//   score_c(x) = xᵀ Σ⁻¹ μ_c - ½ μ_cᵀ Σ⁻¹ μ_c + log π_c
// With Σ = L Lᵀ, x ↦ L⁻¹ x makes the classes round; rank r keeps the r directions in which the
// whitened means differ most (Fisher 1936; Rao 1948).

/** Settings of {@linkcode discriminantAnalysis}. */
export interface DiscriminantOptions {
  /** Directions to keep, from 1; default: all (classes - 1). */
  readonly rank?: number;
  /**
   * How far the covariance is drawn to a multiple of the identity, from 0 to 1: `(1 - s) Σ + s v I`
   * with the mean variance v. Default 1e-4, enough for features that never change.
   */
  readonly shrinkage?: number;
}

/**
 * Linear discriminant analysis: one-against-rest scores that share the covariance within the classes,
 * so that every class borrows the rows of all others. The view of a classifier as tasks with a
 * shared representation.
 *
 * @param data Data with a single classification task, every class with at least one row.
 */
export function discriminantAnalysis(
  data: LinearData,
  options: DiscriminantOptions = {},
): LinearModel {
  const [task] = data.tasks;
  const { shrinkage = 1e-4 } = options;
  if (data.tasks.length !== 1 || task.kind !== "classification") {
    throw new RangeError("discriminantAnalysis takes data with a single classification task.");
  }
  if (!(shrinkage >= 0 && shrinkage <= 1)) {
    throw new RangeError(`The shrinkage must be from 0 to 1, but is ${shrinkage}.`);
  }
  const classes = task.classes!, features = data.features.length;
  const rank = options.rank ?? Math.min(classes - 1, features);
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`The rank must be a whole number from 1, but is ${rank}.`);
  }
  const { means, counts, covariance } = withinClasses(data, classes);
  let trace = 0;
  for (let j = 0; j < features; j++) trace += covariance[j * features + j];
  const shrunk = covariance.map((value) => (1 - shrinkage) * value);
  const lower = cholesky(shrunk, features, shrinkage * trace / features);
  if (!lower) {
    throw new RangeError(
      `The covariance within the classes of "${task.name}" has no inverse (features that never ` +
        `change, or more features than rows): give a larger shrinkage than ${shrinkage}.`,
    );
  }
  const rows = task.targets.length;
  const centre = new Float64Array(features);
  for (let c = 0; c < classes; c++) {
    addScaled(centre, counts[c] / rows, means, features, 0, c * features);
  }
  const weights = new Float64Array(classes * features);
  for (let c = 0; c < classes; c++) {
    const own = means.slice(c * features, (c + 1) * features);
    addScaled(own, -1, centre);
    weights.set(own, c * features);
  }
  // Σ⁻¹ of the centred means, and their inner products in that metric: the between-class picture.
  const solved = weights.slice();
  for (let c = 0; c < classes; c++) choleskySolve(lower, features, solved, c * features);
  const between = new Float64Array(classes * classes);
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < classes; b++) {
      between[a * classes + b] = Math.sqrt(counts[a] * counts[b]) / rows *
        dot(weights, solved, features, a * features, b * features);
    }
  }
  const { values, vectors } = symmetricEigen(between, classes);
  // Means in the kept directions: P = D^-½ V Vᵀ D^½ mixes the classes.
  const kept = new Float64Array(classes * features);
  for (let i = classes - 1; i >= Math.max(0, classes - rank); i--) {
    if (!(values[i] > 1e-12 * values[classes - 1])) break;
    for (let a = 0; a < classes; a++) {
      for (let b = 0; b < classes; b++) {
        const factor = vectors[i * classes + a] * vectors[i * classes + b] *
          Math.sqrt(counts[b] / counts[a]);
        addScaled(kept, factor, solved, features, a * features, b * features);
      }
    }
  }
  const intercepts = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    // ‖mean of class c in the kept directions‖² = kept · (its mean); the rest is orthogonal.
    const square = dot(kept, weights, features, c * features, c * features);
    intercepts[c] = Math.log(counts[c] / rows) - 0.5 * square -
      dot(kept, centre, features, c * features, 0);
  }
  return new LinearModel({
    tasks: [{
      name: task.name,
      kind: "classification",
      classes,
      labels: task.labels,
      loss: multinomial(),
    }],
    features: data.features,
    parts: kept,
    intercepts,
    penalty: { name: "discriminantAnalysis", rank, shrinkage },
    report: {
      solver: "direct",
      iterations: 1,
      reason: "converged",
      objective: NaN,
      certificate: { kind: "proximal gradient", value: 0, tolerance: 0 },
    },
  });
}

/** Class means `[classes, features]`, class counts, and the covariance within classes. */
function withinClasses(data: LinearData, classes: number) {
  const [{ name, inputs, targets }] = data.tasks;
  const features = inputs.columns;
  const means = new Float64Array(classes * features);
  const counts = new Float64Array(classes);
  targets.forEach((label, row) => {
    counts[label]++;
    addScaled(means, 1, inputs.values, features, label * features, row * features);
  });
  const missing = counts.indexOf(0);
  if (missing >= 0) {
    throw new RangeError(`Class ${missing} of "${name}" has no row: every class needs one.`);
  }
  for (let i = 0; i < means.length; i++) means[i] /= counts[Math.floor(i / features)];
  const covariance = new Float64Array(features * features);
  const own = new Float64Array(features);
  targets.forEach((label, row) => {
    for (let j = 0; j < features; j++) {
      own[j] = inputs.values[row * features + j] - means[label * features + j];
    }
    for (let j = 0; j < features; j++) {
      if (own[j] !== 0) addScaled(covariance, own[j], own, features, j * features, 0);
    }
  });
  // The maximum likelihood estimate, as scikit-learn 1.9 has it: divided by all rows.
  return { means, counts, covariance: covariance.map((value) => value / targets.length) };
}
