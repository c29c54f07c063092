import * as tf from "@tensorflow/tfjs";
import type { Evaluation, MultiTaskModel } from "../models/mod.ts";
import type { Task } from "../tasks/mod.ts";
import { type EarlyStopping, sumOfLosses } from "./early_stopping.ts";

/** What is known of the best epoch so far, as JSON. */
export interface BestState {
  readonly epoch?: number;
  readonly value?: number;
  readonly waited: number;
}

/** Keeps the weights of the epoch with the best validation figure, for early stopping. */
export class BestEpoch {
  #state: BestState = { waited: 0 };
  #weights = new Map<string, tf.Tensor>();

  constructor(
    readonly model: MultiTaskModel<readonly Task[]>,
    readonly rule: EarlyStopping | undefined,
  ) {}

  /** The best epoch, when early stopping is on. */
  get epoch(): number | undefined {
    return this.#state.epoch;
  }

  /** Whether the patience has run out. */
  get exhausted(): boolean {
    return this.rule !== undefined && this.#state.waited >= this.rule.patience;
  }

  /** Weights of the best epoch by variable name; they stay ours. */
  get weights(): ReadonlyMap<string, tf.Tensor> {
    return this.#weights;
  }

  consider(validation: Evaluation, epoch: number): void {
    if (!this.rule) return;
    const value = (this.rule.watch ?? sumOfLosses)(validation);
    if (!(value < (this.#state.value ?? Infinity))) {
      this.#state = { ...this.#state, waited: this.#state.waited + 1 };
      return;
    }
    this.#state = { epoch, value, waited: 0 };
    tf.dispose([...this.#weights.values()]);
    this.#weights = new Map(
      this.model.namedVariables().map(({ name, variable }) => [name, tf.keep(variable.clone())]),
    );
  }

  /** Gives the model the best weights, if asked to. */
  restore(): void {
    if (!this.rule || this.rule.restoreBest === false) return;
    for (const { name, variable } of this.model.namedVariables()) {
      const best = this.#weights.get(name);
      if (best) variable.assign(best);
    }
  }

  state(): BestState {
    return this.#state;
  }

  /** Goes on from a saved state; takes the tensors over. */
  setState(state: BestState, weights: ReadonlyMap<string, tf.Tensor>): void {
    this.#state = state;
    tf.dispose([...this.#weights.values()]);
    this.#weights = new Map(weights);
  }

  dispose(): void {
    tf.dispose([...this.#weights.values()]);
    this.#weights.clear();
  }
}
