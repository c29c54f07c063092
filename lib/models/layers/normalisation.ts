import * as tf from "@tensorflow/tfjs";
import { layerNorm as standardisedRows } from "../../backend/fused/layer_norm.ts";
import { checkWhole } from "./_checks.ts";
import { type MaskZerosOption, paddingHasNone, presentSteps } from "./_padding.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode layerNorm}. */
export interface LayerNormOptions extends MaskZerosOption {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Scales the last axis to mean 0 and variance 1, then by a learned factor and offset for each place
 * (Ba et al. 2016). The same in training and afterwards.
 */
export function layerNorm(options: LayerNormOptions = {}): Layer {
  const { epsilon = 1e-5, maskZeros = false } = options;
  checkEpsilon("layerNorm", epsilon);
  return {
    kind: "layerNorm",
    configuration: { epsilon, maskZeros },
    detail: "layer norm",
    build(inputShape, scope) {
      if (inputShape.length < 1 || (maskZeros && inputShape.length !== 2)) {
        throw new RangeError(
          `Layer normalisation takes rows of shape ${
            maskZeros ? "[time, units]" : "[..., units]"
          }, but gets [${inputShape}].`,
        );
      }
      const units = inputShape[inputShape.length - 1];
      const scale = scope.variable("scale", [units], { kind: "ones" });
      const offset = scope.variable("offset", [units], { kind: "zeros" });
      return {
        outputShape: inputShape,
        apply: (input) =>
          tf.tidy(() => {
            const result = standardisedRows(input, scale, offset, epsilon);
            return maskZeros ? result.mul(presentSteps(input)) : result;
          }),
        counterpart: maskZeros ? paddingHasNone : (input, layers) =>
          layers.apply(
            (name) => tf.layers.layerNormalization({ name, epsilon }),
            input,
            [scale, offset],
          ),
      };
    },
  };
}

/** Settings of {@linkcode groupNorm}. */
export interface GroupNormOptions {
  /** Groups that the channels are divided into, evenly. Default 8, or 1 where 8 does not divide. */
  readonly groups?: number;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/**
 * Scales each group of channels of an example to mean 0 and variance 1 over space, then by a learned
 * factor and offset for each channel (Wu and He 2018). Unlike batch normalisation it does not depend
 * on the other examples of the batch, which in multi-task learning may be of other tasks.
 *
 * ```ts
 * import { layers } from "polytask";
 * const block = [
 *   layers.conv2d({ filters: 16, kernel: 3 }),
 *   layers.groupNorm({ groups: 4 }),
 *   layers.activation({ activation: "relu" }),
 * ];
 * ```
 * @throws {RangeError} When the channels do not divide into the groups.
 */
export function groupNorm(options: GroupNormOptions = {}): Layer {
  const { groups, epsilon = 1e-5 } = options;
  if (groups !== undefined) checkWhole("groupNorm", { groups });
  checkEpsilon("groupNorm", epsilon);
  return {
    kind: "groupNorm",
    configuration: { groups, epsilon },
    detail: groups === undefined ? "group norm" : `group norm, ${groups} groups`,
    build(inputShape, scope) {
      const channels = inputShape[inputShape.length - 1];
      const count = groups ?? (channels % 8 === 0 ? 8 : 1);
      if (inputShape.length < 1 || channels % count !== 0) {
        throw new RangeError(
          `groupNorm: ${channels} channels do not divide into ${count} groups.`,
        );
      }
      const scale = scope.variable("scale", [channels], { kind: "ones" });
      const offset = scope.variable("offset", [channels], { kind: "zeros" });
      const pixels = inputShape.slice(0, -1).reduce((product, side) => product * side, 1);
      return {
        outputShape: inputShape,
        apply: (input) =>
          tf.tidy(() => {
            // Over pixels first, then over the few channels of a group: whole rows are added up.
            const rows = input.reshape([-1, pixels, channels]);
            const groupMeans = (values: tf.Tensor) =>
              values.mean(1).reshape([-1, count, channels / count]).mean(2, true)
                .tile([1, 1, channels / count]).reshape([-1, 1, channels]);
            const centred = rows.sub(groupMeans(rows));
            const factor = groupMeans(centred.square()).add(epsilon).rsqrt().mul(scale);
            return centred.mul(factor).add(offset).reshape([-1, ...inputShape]);
          }),
      };
    },
  };
}

function checkEpsilon(layer: string, epsilon: number): void {
  if (!(epsilon > 0 && epsilon < Infinity)) {
    throw new RangeError(`${layer}: epsilon must be a number above 0, but is ${epsilon}.`);
  }
}
