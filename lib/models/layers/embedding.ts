import * as tf from "@tensorflow/tfjs";
import { checkWhole } from "./_checks.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode embedding}. */
export interface EmbeddingOptions {
  /** Number of indices, padding included: they go from 0 to `size - 1`. */
  readonly size: number;
  /** Numbers that stand for one index. */
  readonly units: number;
}

/**
 * A vector for each index, learned: `[batch, time]` of whole numbers to `[batch, time, units]`.
 * Index 0 is padding: its vector is 0, always, so that layers with `maskZeros` know it.
 *
 * First values are uniform with variance `1 / units`. An index outside 0 to `size - 1` is an error on
 * the backends that look (plain JavaScript, wasm); `Vocabulary.encode` of the data room makes none.
 *
 * ```ts
 * import { encoders, layers } from "polytask";
 * const words = layers.embedding({ size: 10_000, units: 64 });
 * const encoder = encoders.encoder("mean of words", [
 *   { name: "words", layers: [words, layers.globalAveragePool({ maskZeros: true })] },
 * ]);
 * ```
 * @throws {RangeError} When a setting is not a whole number from 1.
 */
export function embedding(options: EmbeddingOptions): Layer {
  const { size, units } = options;
  checkWhole("embedding", { size, units });
  return {
    kind: "embedding",
    configuration: { size, units },
    detail: `${size} vectors of ${units}`,
    build(inputShape, scope) {
      if (inputShape.length !== 1) {
        throw new RangeError(
          `An embedding takes rows of indices of shape [time], but gets [${inputShape}].`,
        );
      }
      const table = scope.variable("vectors", [size, units], {
        kind: "glorot",
        fanIn: units,
        fanOut: units,
      });
      return {
        outputShape: [...inputShape, units],
        apply: (input) =>
          tf.tidy(() => {
            const indices = input.toInt();
            const present = indices.notEqual(0).toFloat().expandDims(-1);
            return tf.gather(table, indices).mul(present);
          }),
        counterpart(input, scope) {
          const vectors = scope.apply(
            (name) => tf.layers.embedding({ name, inputDim: size, outputDim: units }),
            input,
            [table],
          );
          // 0 at padding and 1 at all other indices.
          const present = scope.child("present").apply(
            (name) => tf.layers.reLU({ name, maxValue: 1 }),
            input,
          );
          const column = scope.child("column").apply(
            (name) => tf.layers.reshape({ name, targetShape: [...inputShape, 1] }),
            present,
          );
          return scope.child("padded").apply(
            (name) => tf.layers.multiply({ name }),
            [vectors, column],
          );
        },
      };
    },
  };
}
