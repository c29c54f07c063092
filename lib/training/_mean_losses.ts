import type { Batch } from "../data/dataset.ts";

type Sums = Record<string, { readonly sum: number; readonly labels: number }>;

/** Means of the batch losses of an epoch, weighted by the number of labels in each batch. */
export class MeanLosses {
  #sums: Sums = {};

  constructor(readonly tasks: readonly string[]) {}

  async add(losses: Readonly<Record<string, number>>, batch: Batch): Promise<void> {
    for (const [task, loss] of Object.entries(losses)) {
      const mask = await batch.masks[task]?.data<"float32">();
      const labels = mask ? mask.reduce((sum, one) => sum + one, 0) : batch.size;
      const before = this.#sums[task] ?? { sum: 0, labels: 0 };
      this.#sums[task] = { sum: before.sum + loss * labels, labels: before.labels + labels };
    }
  }

  /** The means so far, `NaN` for a task without labels; starts anew. */
  take(): Record<string, number> {
    const means = this.tasks.map((task) => {
      const { sum, labels } = this.#sums[task] ?? { sum: 0, labels: 0 };
      return [task, sum / labels] as const;
    });
    this.#sums = {};
    return Object.fromEntries(means);
  }

  state(): Sums {
    return this.#sums;
  }

  setState(state: Sums): void {
    this.#sums = { ...state };
  }
}
