import type { TableLayout } from "../../data/mod.ts";
import { dense, dropout, embedCategories } from "../layers/mod.ts";
import { checkUnits } from "./_check_units.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode embeddingMlp}. */
export interface EmbeddingMlpOptions extends TableLayout {
  /** Numbers that stand for one value of a category. Default 8. */
  readonly embedding?: number;
  /** Units of each ReLU layer, first to last. */
  readonly units: readonly number[];
  /** Share of units silenced in training after each layer, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/**
 * For tables with numbers and categories: learned vectors for the values of the categories, then
 * fully connected ReLU layers. A row holds the numbers first, then for each category a 0 or 1 for
 * each value, as `data.adult` gives them together with their `layout`:
 * `[batch, features]` to `[batch, last units]`.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const layout = { numbers: 3, categories: [9, 15] };
 * const trunk = encoders.embeddingMlp({ ...layout, units: [64, 32] });
 * ```
 */
export function embeddingMlp(options: EmbeddingMlpOptions): Encoder {
  const { numbers, categories, embedding = 8, units, dropout: rate = 0 } = options;
  checkUnits("embeddingMlp", units);
  return encoder("embeddings and MLP", [
    { name: "categories", layers: [embedCategories({ numbers, categories, units: embedding })] },
    ...units.map((count, at) => ({
      name: `dense ${at + 1}`,
      layers: [
        dense({ units: count, activation: "relu" }),
        ...(rate > 0 ? [dropout({ rate })] : []),
      ],
    })),
  ]);
}
