import type { PairedDifference } from "./compare.ts";

/** What {@linkcode verdict} needs to know. */
export interface VerdictOptions {
  /** Whether a higher figure is better. Default true. */
  readonly higherIsBetter?: boolean;
  /** Multiplies the numbers that are shown; 100 turns shares into points. Default 1. */
  readonly scale?: number;
  /** What the numbers are, for example `"points"`. Default: nothing. */
  readonly unit?: string;
}

/**
 * What a paired difference shows, in words: better or worse only when the 95 % interval of the mean
 * difference leaves out zero; otherwise that no difference was shown, which is not the same as that
 * there is none.
 *
 * ```ts
 * import { verdict } from "polytask";
 * import { match } from "node:assert/strict";
 * const gain = { variant: "shared", figure: "left", mean: 0.012, lower: 0.004, upper: 0.02 };
 * match(verdict({ ...gain, higher: 5, seeds: 5 }), /is better/);
 * ```
 */
export function verdict(difference: PairedDifference, options: VerdictOptions = {}): string {
  const { higherIsBetter = true, scale = 1, unit = "" } = options;
  const { variant, figure, mean, lower, upper, seeds, higher } = difference;
  const show = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(value * scale).toFixed(2)}`;
  const numbers = `${show(mean)}${unit && ` ${unit}`} (95 % interval ${show(lower)} to ${
    show(upper)
  }; higher on ${higher} of ${seeds} seeds)`;
  if (lower > 0 || upper < 0) {
    const better = (lower > 0) === higherIsBetter;
    return `${figure}: ${variant} is ${better ? "better" : "worse"}, ${numbers}.`;
  }
  return `${figure}: no difference shown for ${variant}, ${numbers}.`;
}
