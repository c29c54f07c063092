/**
 * What a task is fitted to.
 *
 * `R(w, c) = Σ_i loss(x_iᵀ w + c, y_i)`: a **sum** over the rows, not a mean, and the squared loss
 * carries the factor ½, as in MALSAR. Task weights turn the sum into a mean where that is wanted.
 */
export interface Loss {
  /** Name of the loss: `"squared"`. */
  readonly name: string;
  /** What the targets are: any number, 0 or 1, or a class index from 0. */
  readonly targets: "number" | "binary" | "class";
  /** No eigenvalue of the second derivative in the scores is larger than this. */
  curvature(rows: number): number;
  /**
   * The sum over all rows. `scores` is `[rows, width]` row by row; when `gradient` is given it is
   * overwritten with the derivative, of the same shape.
   */
  evaluate(
    scores: Float64Array,
    targets: Float64Array,
    width: number,
    gradient?: Float64Array,
  ): number;
  /** The settings that make this loss again, for a saved model. */
  readonly configuration: Readonly<Record<string, number | string>>;
}

/** A loss of one score and one target a row: its value and derivative. */
function rowLoss(
  name: string,
  targets: "number" | "binary",
  curvature: number,
  settings: Record<string, number>,
  derivative: (score: number, target: number) => number,
  value: (score: number, target: number) => number,
): Loss {
  return {
    name,
    targets,
    configuration: { name, ...settings },
    curvature: () => curvature,
    evaluate(scores, target, _width, gradient) {
      let sum = 0;
      for (let row = 0; row < scores.length; row++) {
        sum += value(scores[row], target[row]);
        if (gradient) gradient[row] = derivative(scores[row], target[row]);
      }
      return sum;
    },
  };
}

/** Squared loss `½ (score - y)²`, for numbers. */
export function squared(): Loss {
  return rowLoss("squared", "number", 1, {}, (s, y) => s - y, (s, y) => 0.5 * (s - y) ** 2);
}

/**
 * Huber loss: `½ r²` for residuals `|r| ≤ width`, `width (|r| - ½ width)` beyond. Outliers pull with
 * a bounded force.
 *
 * @param options.width Where the parabola turns into a line; > 0, default 1.345 (95 % of the
 *   efficiency of least squares under normal noise of unit deviation; Huber 1964).
 */
export function huber(options: { width?: number } = {}): Loss {
  const width = positive("Huber width", options.width ?? 1.345);
  return rowLoss(
    "huber",
    "number",
    1,
    { width },
    (s, y) => Math.max(-width, Math.min(width, s - y)),
    (s, y) => {
      const size = Math.abs(s - y);
      return size <= width ? 0.5 * size * size : width * (size - 0.5 * width);
    },
  );
}

/** Logistic loss `log(1 + exp(-t s))` with `t = 2 y - 1`, for targets 0 and 1. */
export function logistic(): Loss {
  return rowLoss(
    "logistic",
    "binary",
    0.25,
    {},
    (s, y) => 1 / (1 + Math.exp(-s)) - y,
    (s, y) => {
      const margin = y === 1 ? s : -s;
      return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    },
  );
}

/**
 * Smoothed hinge loss for targets 0 and 1: with `z = 1 - t s`, `t = 2 y - 1`, it is 0 for `z ≤ 0`,
 * `z² / (2 width)` up to `z = width`, `z - width / 2` beyond (Rennie and Srebro 2005).
 *
 * The exact hinge has no derivative at the margin; this one differs from it by `width / 2` at most.
 *
 * @param options.width Width of the rounded part; > 0, default 0.5.
 */
export function hinge(options: { width?: number } = {}): Loss {
  const width = positive("hinge width", options.width ?? 0.5);
  return rowLoss(
    "hinge",
    "binary",
    1 / width,
    { width },
    (s, y) => {
      const sign = 2 * y - 1;
      return -sign * Math.max(0, Math.min(1, (1 - sign * s) / width));
    },
    (s, y) => {
      const short = 1 - (2 * y - 1) * s;
      if (short <= 0) return 0;
      return short < width ? short * short / (2 * width) : short - width / 2;
    },
  );
}

/**
 * Calibrated loss `‖y - X w - c‖₂` of a whole task (not squared), for numbers.
 *
 * A task's pull on the shared penalty then does not grow with its noise, so one strength fits tasks
 * of different noise (Gong, Zhou, Fan, Ye, KDD 2014; square-root lasso of Belloni, Chernozhukov and
 * Wang 2011). A norm has no derivative at zero: below a root mean square residual of `floor` it is
 * rounded to `‖r‖² / (2 μ) + μ / 2`, `μ = floor √rows`.
 *
 * @param options.floor Root mean square residual where the rounding starts; > 0, default 0.001.
 */
export function calibrated(options: { floor?: number } = {}): Loss {
  const floor = positive("calibration floor", options.floor ?? 1e-3);
  return {
    name: "calibrated",
    targets: "number",
    configuration: { name: "calibrated", floor },
    curvature: (rows) => 1 / (floor * Math.sqrt(rows)),
    evaluate(scores, targets, _width, gradient) {
      let square = 0;
      for (let row = 0; row < scores.length; row++) square += (scores[row] - targets[row]) ** 2;
      const length = Math.sqrt(square);
      const smallest = floor * Math.sqrt(scores.length);
      if (gradient) {
        const scale = 1 / Math.max(length, smallest);
        for (let row = 0; row < scores.length; row++) {
          gradient[row] = scale * (scores[row] - targets[row]);
        }
      }
      return length >= smallest ? length : square / (2 * smallest) + smallest / 2;
    },
  };
}

/** Cross-entropy after softmax, for class indices. A task with C classes has C columns of `W`. */
export function multinomial(): Loss {
  return {
    name: "multinomial",
    targets: "class",
    configuration: { name: "multinomial" },
    // diag(p) - p pᵀ has no eigenvalue above ½ (Böhning 1992).
    curvature: () => 0.5,
    evaluate(scores, targets, width, gradient) {
      let sum = 0;
      for (let row = 0; row < targets.length; row++) {
        const start = row * width;
        let top = -Infinity;
        for (let k = 0; k < width; k++) top = Math.max(top, scores[start + k]);
        let total = 0;
        for (let k = 0; k < width; k++) total += Math.exp(scores[start + k] - top);
        const label = targets[row];
        sum += Math.log(total) + top - scores[start + label];
        if (!gradient) continue;
        for (let k = 0; k < width; k++) {
          gradient[start + k] = Math.exp(scores[start + k] - top) / total - (k === label ? 1 : 0);
        }
      }
      return sum;
    },
  };
}

/** The loss that `configuration` describes. */
export function lossFrom(configuration: Readonly<Record<string, number | string>>): Loss {
  const { name, width, floor } = configuration as { name: string; width?: number; floor?: number };
  switch (name) {
    case "squared":
      return squared();
    case "huber":
      return huber({ width });
    case "logistic":
      return logistic();
    case "hinge":
      return hinge({ width });
    case "calibrated":
      return calibrated({ floor });
    case "multinomial":
      return multinomial();
    default:
      throw new RangeError(
        `There is no linear loss "${name}"; there are squared, huber, logistic, hinge, ` +
          `calibrated and multinomial.`,
      );
  }
}

function positive(what: string, value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new RangeError(`The ${what} must be a number above 0, but is ${value}.`);
  }
  return value;
}
