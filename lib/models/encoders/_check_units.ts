/**
 * Refuses units of layers that are not a list, one number a layer.
 * @throws {TypeError} Names the encoder and says what to give.
 */
export function checkUnits(encoder: string, units: unknown): void {
  if (Array.isArray(units)) return;
  throw new TypeError(
    `encoders.${encoder} needs \`units\`, a list with one number a layer, but has ${
      units === undefined ? "none" : JSON.stringify(units)
    }; give it ${
      typeof units === "number" ? `units: [${units}]` : "units: [64], for one layer of 64"
    }.`,
  );
}
