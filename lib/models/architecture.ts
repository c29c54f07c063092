import type * as tf from "@tensorflow/tfjs";
import type { Task } from "../tasks/mod.ts";
import type { ModelGraph } from "./graph/part.ts";
import type { ForwardContext } from "./layers/mod.ts";
import type { StructurePart } from "./structure.ts";
import type { VariableScope } from "./variable_scope.ts";

/** Input shapes by name, one row each, without the batch. */
export type InputShapes = Readonly<Record<string, readonly number[]>>;

/** What an architecture is given to build itself with. */
export interface BuildContext {
  /** Shapes of the inputs by name, one row each, without the batch. */
  readonly inputs: InputShapes;
  /** All tasks of the model, in order. */
  readonly tasks: readonly Task[];
  /** Variables that several tasks train. */
  readonly shared: VariableScope;
  /** Variables that one task trains. */
  forTask(name: string): VariableScope;
}

/** Outputs of one pass. The caller owns all tensors. */
export interface ForwardResult {
  /** Raw outputs `[batch, ...outputShape]` of the tasks asked for, by name. */
  readonly outputs: Readonly<Record<string, tf.Tensor>>;
  /** What the task parts read, where an architecture has one such tensor for all tasks. */
  readonly representation?: tf.Tensor;
  /**
   * A term that training adds to the losses: ties between towers, entropy of gates. Only while
   * training, where an architecture has one. Nothing balances it.
   */
  readonly penalty?: tf.Scalar;
}

/** An architecture whose variables exist. */
export interface BuiltArchitecture {
  /** Computes the outputs of `tasks` (a part of the model's tasks) and nothing they do not need. */
  forward(
    inputs: Readonly<Record<string, tf.Tensor>>,
    tasks: readonly string[],
    context: ForwardContext,
  ): ForwardResult;
  /**
   * `true` when a batch may hold only some of the inputs; `forward` then refuses tasks whose input is
   * missing. Default: every batch holds all inputs.
   */
  readonly someInputs?: boolean;
  /**
   * The layer, or layers side by side, that the shared part ends in, as the losses of all tasks reach
   * it. Default: the shared variables that were made last, those of one layer.
   */
  readonly lastSharedLayer?: readonly tf.Variable[];
  /** What the model computes, part by part, where the architecture is made of parts. */
  readonly graph?: ModelGraph;
  /** The boxes of the model's picture. */
  readonly parts: readonly StructurePart[];
}

/**
 * What is shared, and how. To make an architecture of your own, write one object of this type and
 * hand it to {@linkcode MultiTaskModel}.
 */
export interface Architecture {
  /** Name of the architecture, for summaries and errors. */
  readonly name: string;
  /** Settings as JSON; saved with the model. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /**
   * Makes the variables and what computes with them.
   * @throws {RangeError} When inputs or tasks do not fit the architecture.
   */
  build(context: BuildContext): BuiltArchitecture;
}
