import { drawTurns } from "./_draw.ts";
import type { Sampler } from "./sampler.ts";

/** Settings of {@linkcode temperature}. */
export interface TemperatureOptions {
  /** $T$ from 1: 1 is by size, `Infinity` the same chance for all. Default 5. */
  readonly temperature?: number;
}

/**
 * Each step draws its set with the chance
 *
 * $$p_i = \frac{n_i^{1/T}}{\sum_j n_j^{1/T}},$$
 *
 * where $n_i$ is the number of examples of set $i$ and $T$ the temperature. $T = 1$ draws in
 * proportion to size; as $T$ grows the chances become equal. Small sets are seen more often than
 * their size says, but not as often as with {@linkcode roundRobin}.
 *
 * Source: N. Arivazhagan and others. Massively multilingual neural machine translation in the wild.
 * arXiv 1907.05019, 2019 (section 3.2; they use T = 5 for 103 languages).
 *
 * @throws {RangeError} When the temperature is below 1.
 */
export function temperature(options: TemperatureOptions = {}): Sampler {
  const { temperature = 5 } = options;
  if (!(temperature >= 1)) {
    throw new RangeError(`temperature must be a number from 1, but is ${temperature}.`);
  }
  const shares: Sampler["shares"] = (sets) => {
    // Divided by the largest first, so that no power leaves the range of numbers.
    const largest = Math.max(...sets.map((set) => set.size));
    const powers = sets.map((set) => (set.size / largest) ** (1 / temperature));
    const sum = powers.reduce((total, power) => total + power, 0);
    return powers.map((power) => power / sum);
  };
  return {
    name: "temperature",
    // JSON knows no Infinity.
    configuration: { temperature: Number.isFinite(temperature) ? temperature : "Infinity" },
    shares,
    turns: (sets, epoch) => drawTurns(shares(sets), epoch),
  };
}
