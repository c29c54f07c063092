import { dense, dropout, flatten } from "../layers/mod.ts";
import { checkUnits } from "./_check_units.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode mlp}. */
export interface MlpOptions {
  /** Units of each ReLU layer, first to last. */
  readonly units: readonly number[];
  /** Share of units silenced in training after each layer, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/**
 * Fully connected ReLU layers, for inputs of any shape: `[batch, ...]` to `[batch, last units]`.
 *
 * ```ts
 * import { encoders } from "polytask";
 * const trunk = encoders.mlp({ units: [256, 128] });
 * ```
 *
 * @throws {TypeError} When `units` is not a list.
 */
export function mlp(options: MlpOptions): Encoder {
  const { units, dropout: rate = 0 } = options ?? {};
  checkUnits("mlp", units);
  return encoder(
    "MLP",
    units.map((count, at) => ({
      name: `dense ${at + 1}`,
      layers: [
        ...(at === 0 ? [flatten()] : []),
        dense({ units: count, activation: "relu" }),
        ...(rate > 0 ? [dropout({ rate })] : []),
      ],
    })),
  );
}
