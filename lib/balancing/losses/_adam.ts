import type { BalancerState } from "../balancer.ts";

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const TINY = 1e-8;

/** One learned number for each task, moved by Adam (Kingma and Ba 2015) in float64. */
export class LearnedNumbers {
  #values: number[] = [];
  #means: number[] = [];
  #squares: number[] = [];
  #counts: number[] = [];

  /**
   * @param learningRate Step length.
   * @param start The first value of each task, or one for all.
   * @param decay Added to the gradient, times the value (L2), before Adam.
   */
  constructor(
    readonly learningRate: number,
    readonly start: number | readonly number[],
    readonly decay = 0,
  ) {
    if (!(learningRate > 0)) {
      throw new RangeError(`learningRate must be above 0, but is ${learningRate}.`);
    }
  }

  /** Values of these tasks. */
  of(present: readonly number[]): number[] {
    this.#grow(Math.max(...present) + 1);
    return present.map((task) => this.#values[task]);
  }

  /** One step down the gradient, for the tasks present only. */
  descend(present: readonly number[], gradient: readonly number[]): void {
    this.#grow(Math.max(...present) + 1);
    present.forEach((task, i) => {
      const slope = gradient[i] + this.decay * this.#values[task];
      const count = ++this.#counts[task];
      this.#means[task] = MEAN_DECAY * this.#means[task] + (1 - MEAN_DECAY) * slope;
      this.#squares[task] = SQUARE_DECAY * this.#squares[task] + (1 - SQUARE_DECAY) * slope * slope;
      const mean = this.#means[task] / (1 - MEAN_DECAY ** count);
      const square = this.#squares[task] / (1 - SQUARE_DECAY ** count);
      this.#values[task] -= this.learningRate * mean / (Math.sqrt(square) + TINY);
    });
  }

  reset(tasks: number): void {
    this.#values = [];
    this.#means = [];
    this.#squares = [];
    this.#counts = [];
    this.#grow(tasks);
  }

  state(): BalancerState {
    return {
      values: [...this.#values],
      means: [...this.#means],
      squares: [...this.#squares],
      counts: [...this.#counts],
    };
  }

  restore(state: BalancerState): void {
    this.#values = [...state.values as number[]];
    this.#means = [...state.means as number[]];
    this.#squares = [...state.squares as number[]];
    this.#counts = [...state.counts as number[]];
  }

  #grow(tasks: number): void {
    while (this.#values.length < tasks) {
      const task = this.#values.length;
      this.#values.push(typeof this.start === "number" ? this.start : this.start[task] ?? 0);
      this.#means.push(0);
      this.#squares.push(0);
      this.#counts.push(0);
    }
  }
}
