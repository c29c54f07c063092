import type * as tf from "@tensorflow/tfjs";
import type { NamedVariable } from "../../models/mod.ts";

/** Gradients by variable name; a variable that got none is absent and stays as it is. */
export type Gradients = ReadonlyMap<string, tf.Tensor>;

/** State of an optimizer: numbers, and tensors by name (moments, velocities). */
export interface OptimizerState {
  /** Updates that each variable has had, by name. */
  readonly steps: Readonly<Record<string, number>>;
  /** Float32 tensors by name. */
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
}

/** An optimizer at work on the variables of one model. */
export interface RunningOptimizer {
  /** Changes the variables. Keeps the gradients. */
  apply(gradients: Gradients, learningRate: number): void;
  /** What {@linkcode restore} needs to go on exactly. The tensors stay the optimizer's. */
  state(): OptimizerState;
  /** Goes on from a state. Keeps the tensors given. */
  restore(state: OptimizerState): void;
  /** Releases the tensors of the state. */
  dispose(): void;
}

/** The recipe of an optimizer. */
export interface Optimizer {
  /** Name of the method: `"adam"`. */
  readonly name: string;
  /** Base learning rate; a schedule multiplies it. */
  readonly learningRate: number;
  /** Settings as JSON, for the run record. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Begins on these variables, without steps behind it; the caller disposes what it gets. */
  start(variables: readonly NamedVariable[]): RunningOptimizer;
}
