import type * as tf from "@tensorflow/tfjs";
import type { LayersScope } from "../layers/counterpart.ts";
import type { ForwardContext } from "../layers/mod.ts";
import type { StructurePart } from "../structure.ts";

/** A part of a model that computes one tensor from those of other parts. */
export interface GraphPart extends StructurePart {
  /** Shape of its value, without the batch. */
  readonly shape: readonly number[];
  /**
   * The part's value `[batch, ...shape]` from those of the parts named in `from`, in that order.
   * Keeps them; the caller owns the result.
   */
  apply(inputs: readonly tf.Tensor[], context: ForwardContext): tf.Tensor;
  /**
   * The same in layers of TensorFlow.js, as for a layer. Default: there is none, and the model cannot
   * be written in their format.
   */
  counterpart?(inputs: readonly tf.SymbolicTensor[], scope: LayersScope): tf.SymbolicTensor;
  /** Trainable variables of its last layer; none for parts without. The model owns them. */
  readonly lastLayer?: readonly tf.Variable[];
  /** How strongly a stitch or a gate takes what it mixes. */
  readonly mixing?: Mixing;
  /**
   * An equal part that reads less, for the values that its variables have now: a stitch or a gate
   * without what it gives weight 0. It lives as long as the model.
   */
  simplify?(): Promise<Pick<GraphPart, "from" | "apply">>;
}

/** The weights with which a part takes what it mixes. */
export interface Mixing {
  /** What is mixed, in the order of the weights. */
  readonly of: readonly string[];
  /**
   * The weights, from the values that the part reads: `[of]`; or `[of, channels]`, one for each
   * channel; or `[batch, of]` where `perExample`. Keeps its inputs; the caller owns the result.
   */
  weights(inputs: readonly tf.Tensor[], context: ForwardContext): tf.Tensor;
  /** Whether every example has weights of its own. Default false. */
  readonly perExample?: boolean;
}

/** What a penalty looks at. */
export interface PenaltyContext {
  /** Tasks whose outputs were computed in this pass. */
  readonly tasks: readonly string[];
  /** Value of a part in this pass; computed now where no task needed it. The pass owns it. */
  value(id: string): tf.Tensor;
  /** What layers may know about this pass. */
  readonly run: ForwardContext;
}

/**
 * A term that training adds to the losses: ties between towers, entropy of gates. Nothing balances
 * it. A scalar owned by the caller.
 */
export type Penalty = (context: PenaltyContext) => tf.Scalar;

/** The parts of a model, and which of them give its outputs. */
export interface ModelGraph {
  /** In an order in which they can be computed. */
  readonly parts: readonly GraphPart[];
  /** Id of the part that gives the raw output of each task, by task name. */
  readonly outputs: ReadonlyMap<string, string>;
  /** Id of the one part that all heads read, where there is one. */
  readonly representation?: string;
  /** The term that training adds to the losses, where there is one. */
  readonly penalty?: Penalty;
  /** Ids of the parts that the shared part of the model ends in. */
  readonly lastShared: readonly string[];
  /** What the trunk reads. */
  readonly source: GraphSource;
}

/** Where the trunk's input comes from. */
export interface GraphSource {
  /** Id under which parts name it in `from`. */
  readonly id: string;
  /** Ids of the parts that lead to it, by input; one of them is used in a pass. */
  readonly entries: ReadonlyMap<string, string>;
  /**
   * The input that a task reads, of those that a batch holds.
   * @throws {RangeError} When it is not just one.
   */
  inputOf(task: string, inputs: Readonly<Record<string, tf.Tensor>>): string;
}

/** Id of the part that stands for an input. */
export const inputId = (input: string) => `input ${input}`;
