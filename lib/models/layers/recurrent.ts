import * as tf from "@tensorflow/tfjs";
import { gru as gruSteps } from "../../backend/fused/gru.ts";
import { lstm as lstmSteps } from "../../backend/fused/lstm.ts";
import type { VariableScope } from "../variable_scope.ts";
import { checkWhole } from "./_checks.ts";
import { type MaskZerosOption, paddingHasNone, presentSteps } from "./_padding.ts";
import { type Counterpart, noCounterpart } from "./counterpart.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode lstm} and {@linkcode gru}. */
export interface RecurrentOptions extends MaskZerosOption {
  /** Numbers in the state, for each direction. */
  readonly units: number;
  /**
   * Whether a second set of weights reads the steps from the last to the first; its states stand
   * behind those of the first: `2 * units` numbers a step. Default `false`.
   */
  readonly bidirectional?: boolean;
}

/** One direction of a recurrent layer. */
interface Direction {
  /** Its variables, in the order of those of its counterpart. */
  readonly variables: readonly tf.Variable[];
  /** Its states `[batch, time, units]`. */
  states(input: tf.Tensor, present: tf.Tensor | undefined): tf.Tensor;
}

/** A kind of recurrent layer. */
interface Recurrence {
  readonly kind: string;
  readonly title: string;
  direction(inputs: number, units: number, scope: VariableScope): Direction;
  /** The counterpart of one direction, or of both. */
  counterpart(
    units: number,
    bidirectional: boolean,
    variables: readonly tf.Variable[],
  ): Counterpart;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; forget gates Gers et al. 2000):
 * `[batch, time, inputs]` to the states `[batch, time, units]` (twice the units in both directions),
 * from a zero state. The bias of the forget gate starts at 1. A multiple of 4 units is fastest.
 *
 * With `maskZeros`, padding may stand behind or in front of a sequence, and the other states are
 * what they are without it.
 *
 * ```ts
 * import { encoders, layers } from "polytask";
 * const encoder = encoders.encoder("BiLSTM", [
 *   { name: "words", layers: [layers.embedding({ size: 1000, units: 32 })] },
 *   { name: "states", layers: [layers.lstm({ units: 32, bidirectional: true, maskZeros: true })] },
 * ]);
 * ```
 * @throws {RangeError} When `units` is not a whole number from 1.
 */
export function lstm(options: RecurrentOptions): Layer {
  return recurrent(options, {
    kind: "lstm",
    title: "LSTM",
    direction(inputs, units, scope) {
      const kernel = weights("kernel", inputs, 4 * units, units, scope);
      const cycle = weights("recurrent", units, 4 * units, units, scope);
      // Gates in the order input, forget, candidate, output, as in TensorFlow.js.
      const start = new Float32Array(4 * units).fill(1, units, 2 * units);
      const bias = scope.variable("bias", [4 * units], { kind: "values", values: start });
      return {
        variables: [kernel, cycle, bias],
        states(input, present) {
          if (!present) return lstmSteps(project(input, kernel), cycle, bias);
          // A step without input leaves a zero state at zero: padding in front does nothing.
          return lstmSteps(project(input, kernel).add(bias).mul(present), cycle);
        },
      };
    },
    counterpart: (units, bidirectional, variables) => (input, scope) =>
      scope.apply(
        (name) => {
          const layer = (name: string) =>
            tf.layers.lstm({
              name,
              units,
              recurrentActivation: "sigmoid",
              returnSequences: true,
            });
          if (!bidirectional) return layer(name);
          return tf.layers.bidirectional({ name, layer: layer("lstm"), mergeMode: "concat" });
        },
        input,
        variables,
      ),
  });
}

/**
 * Gated recurrent units (Cho et al. 2014), with the reset gate behind the recurrent product as in
 * cuDNN, PyTorch and Keras: `[batch, time, inputs]` to the states `[batch, time, units]` (twice the
 * units in both directions), from a zero state.
 *
 * With `maskZeros`, padding may stand anywhere; the state passes it unchanged. The layer of that name
 * in TensorFlow.js has its reset gate before the product, so models with this one are not saved as
 * layers of TensorFlow.js.
 * @throws {RangeError} When `units` is not a whole number from 1.
 */
export function gru(options: RecurrentOptions): Layer {
  return recurrent(options, {
    kind: "gru",
    title: "GRU",
    direction(inputs, units, scope) {
      const kernel = weights("kernel", inputs, 3 * units, units, scope);
      const cycle = weights("recurrent", units, 3 * units, units, scope);
      const bias = scope.variable("bias", [3 * units], { kind: "zeros" });
      const cycleBias = scope.variable("recurrent bias", [3 * units], { kind: "zeros" });
      return {
        variables: [kernel, cycle, bias, cycleBias],
        states: (input, present) =>
          gruSteps(
            project(input, kernel).add(bias),
            cycle,
            cycleBias,
            present as tf.Tensor3D | undefined,
          ),
      };
    },
    counterpart: () =>
      noCounterpart("the reset gate of gru stands behind the recurrent product, there before it"),
  });
}

function weights(
  name: string,
  inputs: number,
  columns: number,
  units: number,
  scope: VariableScope,
): tf.Variable {
  return scope.variable(name, [inputs, columns], { kind: "glorot", fanIn: inputs, fanOut: units });
}

/** Inputs times weights, all steps at once. */
function project(input: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const [, time, inputs] = input.shape;
  const rows = tf.matMul(input.reshape([-1, inputs]), kernel);
  return rows.reshape([-1, time, kernel.shape[1]!]);
}

function recurrent(
  options: RecurrentOptions,
  { kind, title, direction, counterpart }: Recurrence,
): Layer {
  const { units, bidirectional = false, maskZeros = false } = options;
  checkWhole(kind, { units });
  return {
    kind,
    configuration: { units, bidirectional, maskZeros },
    detail: `${title}, ${units} units${bidirectional ? " each way" : ""}`,
    build(inputShape, scope) {
      if (inputShape.length !== 2) {
        throw new RangeError(
          `${title} layers take rows of shape [time, inputs], but get [${inputShape}].`,
        );
      }
      const [time, inputs] = inputShape;
      const forward = direction(inputs, units, bidirectional ? scope.child("forward") : scope);
      const backward = bidirectional
        ? direction(inputs, units, scope.child("backward"))
        : undefined;
      const variables = [...forward.variables, ...backward?.variables ?? []];
      return {
        outputShape: [time, bidirectional ? 2 * units : units],
        apply: (input) =>
          tf.tidy(() => {
            const present = maskZeros ? presentSteps(input) : undefined;
            let states = forward.states(input, present);
            if (backward) {
              const back = backward.states(
                tf.reverse(input, 1),
                present && tf.reverse(present, 1),
              );
              states = tf.concat([states, tf.reverse(back, 1)], 2);
            }
            return present ? states.mul(present) : states;
          }),
        counterpart: maskZeros ? paddingHasNone : counterpart(units, bidirectional, variables),
      };
    },
  };
}
