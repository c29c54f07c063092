import * as tf from "@tensorflow/tfjs";
import { type MaskZerosOption, paddingHasNone, presentSteps } from "./_padding.ts";
import {
  buildSequence,
  type LayerMaker,
  type SavedLayer,
  savedLayers,
  sequenceDetail,
} from "./_sequence.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode residual}. */
export interface ResidualOptions extends MaskZerosOption {
  /** What is added to the input. */
  readonly layers: readonly Layer[];
  /** What the input goes through before it is added. Default: nothing. */
  readonly shortcut?: readonly Layer[];
}

/**
 * `shortcut(input) + layers(input)` (He et al. 2016).
 * @throws {RangeError} When the two do not end in one shape; says which.
 */
export function residual(options: ResidualOptions): Layer {
  const { layers, shortcut = [], maskZeros = false } = options;
  return {
    kind: "residual",
    configuration: { layers: savedLayers(layers), shortcut: savedLayers(shortcut), maskZeros },
    detail: `input + (${sequenceDetail(layers)})`,
    build(inputShape, scope) {
      const change = buildSequence(layers, inputShape, scope.child("change"));
      const past = buildSequence(shortcut, inputShape, scope.child("shortcut"));
      if (change.outputShape.join() !== past.outputShape.join()) {
        throw new RangeError(
          `residual: the layers end in [${change.outputShape}], but the shortcut in [${past.outputShape}]; give a shortcut that ends in the same shape.`,
        );
      }
      return {
        outputShape: change.outputShape,
        apply: (input, context) =>
          tf.tidy(() => {
            const sum = past.apply(input, context).add(change.apply(input, context));
            return maskZeros ? sum.mul(presentSteps(input)) : sum;
          }),
        counterpart: maskZeros
          ? paddingHasNone
          : (input, layers) =>
            layers.apply((name) => tf.layers.add({ name }), [
              past.counterpart(input, layers.child("shortcut")),
              change.counterpart(input, layers.child("change")),
            ]),
      };
    },
  };
}

/** The residual block that a configuration describes. */
export function residualFrom(
  saved: {
    readonly layers: readonly SavedLayer[];
    readonly shortcut: readonly SavedLayer[];
    readonly maskZeros: boolean;
  },
  make: LayerMaker,
): Layer {
  const { layers, shortcut, maskZeros } = saved;
  return residual({ layers: layers.map(make), shortcut: shortcut.map(make), maskZeros });
}

/** Settings of {@linkcode branches}. */
export interface BranchesOptions {
  /** The branches, each a list of layers; all read the same input. */
  readonly branches: readonly (readonly Layer[])[];
}

/**
 * Several lists of layers side by side; their outputs, which agree but for the last side, stand one
 * behind the other in the last.
 *
 * ```ts
 * import { layers } from "polytask";
 * const windows = layers.branches({
 *   branches: [3, 4, 5].map((kernel) => [layers.conv1d({ filters: 32, kernel })]),
 * });
 * ```
 * @throws {RangeError} When there is no branch, or their outputs do not fit together.
 */
export function branches(options: BranchesOptions): Layer {
  const { branches: recipes } = options;
  if (recipes.length === 0) throw new RangeError("branches: give at least one branch.");
  return {
    kind: "branches",
    configuration: { branches: recipes.map(savedLayers) },
    detail: recipes.map(sequenceDetail).join(" | "),
    build(inputShape, scope) {
      const built = recipes.map((layers, at) =>
        buildSequence(layers, inputShape, scope.child(`branch ${at + 1}`))
      );
      const shapes = built.map(({ outputShape }) => outputShape);
      const [before] = shapes.map((shape) => shape.slice(0, -1).join());
      const last = shapes.reduce((sum, shape) => sum + shape[shape.length - 1], 0);
      if (shapes.some((shape) => shape.slice(0, -1).join() !== before)) {
        throw new RangeError(
          `branches: outputs must agree but for their last side, but are ${
            shapes.map((shape) => `[${shape}]`).join(", ")
          }.`,
        );
      }
      return {
        outputShape: [...shapes[0].slice(0, -1), last],
        apply: (input, context) =>
          tf.tidy(() => {
            const outputs = built.map((branch) => branch.apply(input, context));
            return outputs.length === 1 ? outputs[0] : tf.concat(outputs, outputs[0].rank - 1);
          }),
        counterpart(input, layers) {
          const outputs = built.map((branch, at) =>
            branch.counterpart(input, layers.child(`branch ${at + 1}`))
          );
          return outputs.length === 1
            ? outputs[0]
            : layers.apply((name) => tf.layers.concatenate({ name, axis: -1 }), outputs);
        },
      };
    },
  };
}

/** The branches that a configuration describes. */
export function branchesFrom(
  saved: { readonly branches: readonly (readonly SavedLayer[])[] },
  make: LayerMaker,
): Layer {
  return branches({ branches: saved.branches.map((layers) => layers.map(make)) });
}

/** Settings of {@linkcode keepPadding}. */
export interface KeepPaddingOptions {
  /** Layers from `[time, ...]` to the same time. */
  readonly layers: readonly Layer[];
}

/**
 * Puts layers that know nothing of padding into a sequence: time steps that are all 0 before them
 * are 0 behind them.
 *
 * ```ts
 * import { layers } from "polytask";
 * const perWord = layers.keepPadding({ layers: [layers.dense({ units: 32, activation: "relu" })] });
 * ```
 * @throws {RangeError} When the layers change the number of time steps.
 */
export function keepPadding(options: KeepPaddingOptions): Layer {
  const { layers } = options;
  return {
    kind: "keepPadding",
    configuration: { layers: savedLayers(layers) },
    detail: sequenceDetail(layers),
    build(inputShape, scope) {
      const inner = buildSequence(layers, inputShape, scope);
      const { outputShape } = inner;
      if (inputShape.length !== 2 || outputShape.length !== 2 || outputShape[0] !== inputShape[0]) {
        throw new RangeError(
          `keepPadding: layers must lead from [time, inputs] to [time, outputs], but lead from [${inputShape}] to [${outputShape}].`,
        );
      }
      return {
        outputShape,
        apply: (input, context) =>
          tf.tidy(() => inner.apply(input, context).mul(presentSteps(input))),
        counterpart: paddingHasNone,
      };
    },
  };
}

/** The layers that a configuration describes. */
export function keepPaddingFrom(
  saved: { readonly layers: readonly SavedLayer[] },
  make: LayerMaker,
): Layer {
  return keepPadding({ layers: saved.layers.map(make) });
}
