import type * as tf from "@tensorflow/tfjs";
import type { Random } from "../../math/random.ts";
import type { VariableScope } from "../variable_scope.ts";
import type { Counterpart } from "./counterpart.ts";

/** What a layer may want to know about this pass. */
export interface ForwardContext {
  /** True while training: dropout is on. */
  readonly training: boolean;
  /** Source of random masks; needed only while training. */
  readonly random?: Random;
  /** Share of the training done, from 0 to 1, for what changes as training goes on. */
  readonly progress?: number;
  /**
   * How much of a step's update of moving averages a pass of training makes: 1, the default, is all of
   * it; 0 is nothing, for passes that only try something out.
   */
  readonly averaging?: number;
}

/** A layer whose variables exist. */
export interface BuiltLayer {
  /** Shape of one output row, without the batch. */
  readonly outputShape: readonly number[];
  /** Keeps its input; the caller owns the result. */
  apply(input: tf.Tensor, context: ForwardContext): tf.Tensor;
  /** The same in layers of TensorFlow.js. Default: there is none. */
  readonly counterpart?: Counterpart;
}

/** The recipe of a layer: plain settings, and how to build it for an input shape. */
export interface Layer {
  /** Kind of layer: `"dense"`. Saved models are made again by it. */
  readonly kind: string;
  /** Settings as JSON, enough to make the layer again. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What a diagram says about it, for example `5 x 5, 10 filters, ReLU`. */
  readonly detail: string;
  /**
   * Makes the variables for inputs of `inputShape` (one row, without the batch).
   * @throws {RangeError} When the layer cannot take this shape; says which shape it needs.
   */
  build(inputShape: readonly number[], scope: VariableScope): BuiltLayer;
}

/** Functions that a layer may put on its output. */
export type Activation = "linear" | "relu" | "tanh" | "sigmoid";

/** How an activation is written in a diagram. */
export function activationName(activation: Activation): string {
  return { linear: "", relu: ", ReLU", tanh: ", tanh", sigmoid: ", sigmoid" }[activation];
}
