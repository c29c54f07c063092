import * as tf from "@tensorflow/tfjs";
import type { TableLayout } from "../../data/mod.ts";
import { checkWhole } from "./_checks.ts";
import type { LayersScope } from "./counterpart.ts";
import type { Layer } from "./layer.ts";

/** Settings of {@linkcode embedCategories}: where numbers and categories stand in a row, and units. */
export interface EmbedCategoriesOptions extends TableLayout {
  /** Numbers that stand for one value of a category. Default 8. */
  readonly units?: number;
}

/**
 * A learned vector for each value of each category of a table; numbers stay:
 * `[batch, numbers + all values of all categories]` to `[batch, numbers + categories * units]`. A
 * category without a 1 gives zeros. First values are uniform with variance `1 / units`.
 *
 * ```ts
 * import { layers } from "polytask";
 * // Two numbers, a category of three values and one of four.
 * const layer = layers.embedCategories({ numbers: 2, categories: [3, 4], units: 5 });
 * ```
 * @throws {RangeError} When there is no category or a setting is not a whole number.
 */
export function embedCategories(options: EmbedCategoriesOptions): Layer {
  const { numbers, categories, units = 8 } = options;
  checkWhole("embedCategories", {
    units,
    "numbers + 1": numbers + 1,
    "number of categories": categories.length,
    ...Object.fromEntries(categories.map((values, at) => [`values of category ${at}`, values])),
  });
  const values = categories.reduce((sum, count) => sum + count, 0);
  return {
    kind: "embedCategories",
    configuration: { numbers, categories, units },
    detail: `${numbers} numbers, ${categories.length} categories as ${units} each`,
    build(inputShape, scope) {
      if (inputShape.length !== 1 || inputShape[0] !== numbers + values) {
        throw new RangeError(
          `embedCategories: ${numbers} numbers and ${values} values of categories need rows of shape [${
            numbers + values
          }], but get [${inputShape}].`,
        );
      }
      const table = scope.variable("vectors", [values, units], {
        kind: "glorot",
        fanIn: units,
        fanOut: units,
      });
      const own = ownPlaces(categories, units);
      return {
        outputShape: [numbers + categories.length * units],
        apply: (input) =>
          tf.tidy(() => {
            const [count] = input.shape;
            const chosen = input.slice([0, numbers], [count, values]) as tf.Tensor2D;
            // One product for all categories, each with the vectors in its own columns.
            const places = tf.tile(table as tf.Tensor2D, [1, categories.length])
              .mul(tf.tensor2d(own, [values, categories.length * units])) as tf.Tensor2D;
            const vectors = tf.matMul(chosen, places);
            if (numbers === 0) return vectors;
            return tf.concat([input.slice([0, 0], [count, numbers]), vectors], 1);
          }),
        counterpart(input, scope) {
          const columns = columnsOf(input, numbers + values, scope);
          let row = 0;
          const vectors = categories.map((count, category) => {
            const at = scope.child(`category ${category + 1}`);
            const rows = [row, row + count] as const;
            row += count;
            return at.apply(
              (name) => tf.layers.dense({ name, units, useBias: false }),
              columns(at, numbers + rows[0], numbers + rows[1]),
              [{ variable: table, rows }],
            );
          });
          const all = numbers === 0
            ? vectors
            : [columns(scope.child("numbers"), 0, numbers), ...vectors];
          if (all.length === 1) return all[0];
          return scope.apply((name) => tf.layers.concatenate({ name, axis: -1 }), all);
        },
      };
    },
  };
}

/** Takes columns out of rows of `size` numbers, as an image is cropped. */
function columnsOf(input: tf.SymbolicTensor, size: number, scope: LayersScope) {
  const image = scope.child("image").apply(
    (name) => tf.layers.reshape({ name, targetShape: [size, 1, 1] }),
    input,
  );
  return (at: LayersScope, from: number, to: number): tf.SymbolicTensor => {
    const cropped = at.child("crop").apply(
      (name) => tf.layers.cropping2D({ name, cropping: [[from, size - to], [0, 0]] }),
      image,
    );
    return at.child("row").apply(
      (name) => tf.layers.reshape({ name, targetShape: [to - from] }),
      cropped,
    );
  };
}

/** 1 in the columns of its category for each value, `[values, categories * units]`, row-major. */
function ownPlaces(categories: readonly number[], units: number): Float32Array {
  const width = categories.length * units;
  const places = categories.flatMap((count, category) => new Array(count).fill(category));
  const own = new Float32Array(places.length * width);
  places.forEach((category, value) => {
    own.fill(1, value * width + category * units, value * width + (category + 1) * units);
  });
  return own;
}
