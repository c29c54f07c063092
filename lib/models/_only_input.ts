import type { InputShapes } from "./architecture.ts";

/**
 * The one input of an architecture that reads a single input.
 * @throws {RangeError} When there are several.
 */
export function onlyInput(inputs: InputShapes, architecture: string): [string, readonly number[]] {
  const entries = Object.entries(inputs);
  if (entries.length !== 1) {
    throw new RangeError(
      `${architecture} reads one input, but the data have ${entries.length}: ${
        entries.map(([name]) => `"${name}"`).join(", ")
      }; hardSharing with stems reads several.`,
    );
  }
  return entries[0];
}
