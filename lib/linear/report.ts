import type { LinearData, LinearTask } from "./data.ts";
import type { LinearModel } from "./model.ts";

/** Figures of merit on some rows. Those that do not apply are `NaN`. */
export interface LinearFigures {
  /** Number of rows. */
  readonly rows: number;
  /** Root mean square error of the numbers. */
  readonly rmse: number;
  /** `1 - variance of the residuals / variance of the targets`. */
  readonly explainedVariance: number;
  /** `1 - Σ residual² / Σ (target - mean)²`: as above, but a constant error counts. */
  readonly r2: number;
  /** Share of right answers. */
  readonly accuracy: number;
  /** Mean of the loss that the tasks were fitted to. */
  readonly loss: number;
}

/** What {@linkcode report} gives. */
export interface LinearReport {
  /** Figures of each task, in the order of the data. */
  readonly tasks: readonly ({ readonly name: string } & LinearFigures)[];
  /** Over the rows of all tasks together: variances are around the mean of all of them. */
  readonly pooled: LinearFigures;
}

/** How well a model predicts `data`, for each task and over all rows. */
export function report(model: LinearModel, data: LinearData): LinearReport {
  const all = new Sums();
  const tasks = data.tasks.map((task) => {
    const own = new Sums();
    add(own, model, task);
    add(all, model, task);
    return { name: task.name, ...own.figures() };
  });
  return { tasks, pooled: all.figures() };
}

function add(sums: Sums, model: LinearModel, task: LinearTask): void {
  const scores = model.scores(task.name, task.inputs);
  const { loss } = model.tasks.find(({ name }) => name === task.name)!;
  const rows = task.targets.length;
  sums.loss += loss.evaluate(scores, task.targets, scores.length / rows);
  sums.rows += rows;
  const predictions = model.predict(task.name, task.inputs);
  for (let row = 0; row < rows; row++) {
    if (task.kind === "regression") sums.number(predictions[row], task.targets[row]);
    else sums.answer(predictions[row] === task.targets[row]);
  }
}

/** Running sums that survive large means (Welford's update). */
class Sums {
  rows = 0;
  loss = 0;
  #numbers = 0;
  #square = 0;
  #targetMean = 0;
  #targetSpread = 0;
  #errorMean = 0;
  #errorSpread = 0;
  #answers = 0;
  #right = 0;

  number(prediction: number, target: number): void {
    const error = prediction - target;
    this.#numbers++;
    this.#square += error * error;
    const targetStep = target - this.#targetMean;
    this.#targetMean += targetStep / this.#numbers;
    this.#targetSpread += targetStep * (target - this.#targetMean);
    const errorStep = error - this.#errorMean;
    this.#errorMean += errorStep / this.#numbers;
    this.#errorSpread += errorStep * (error - this.#errorMean);
  }

  answer(right: boolean): void {
    this.#answers++;
    if (right) this.#right++;
  }

  figures(): LinearFigures {
    const spread = this.#targetSpread > 0 ? this.#targetSpread : NaN;
    return {
      rows: this.rows,
      rmse: Math.sqrt(this.#square / this.#numbers),
      explainedVariance: 1 - this.#errorSpread / spread,
      r2: 1 - this.#square / spread,
      accuracy: this.#right / this.#answers,
      loss: this.loss / this.rows,
    };
  }
}
