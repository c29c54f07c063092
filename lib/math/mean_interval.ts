/** 97.5 % points of Student's t for 1 to 30 degrees of freedom (any table of statistics). */
const table = [
  12.7062,
  4.3027,
  3.1824,
  2.7764,
  2.5706,
  2.4469,
  2.3646,
  2.306,
  2.2622,
  2.2281,
  2.201,
  2.1788,
  2.1604,
  2.1448,
  2.1314,
  2.1199,
  2.1098,
  2.1009,
  2.093,
  2.086,
  2.0796,
  2.0739,
  2.0687,
  2.0639,
  2.0595,
  2.0555,
  2.0518,
  2.0484,
  2.0452,
  2.0423,
];

/** 97.5 % point of Student's t; beyond 30 degrees by the first terms of its normal expansion. */
function studentPoint(degrees: number): number {
  if (degrees <= table.length) return table[degrees - 1];
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/** A mean with its 95 % interval. */
export interface MeanInterval {
  /** The mean. */
  readonly mean: number;
  /** Lower end of the interval. */
  readonly lower: number;
  /** Upper end of the interval. */
  readonly upper: number;
}

/**
 * Mean and 95 % confidence interval of it, by Student's t; values that are not finite are left
 * out. With fewer than two values there is no interval and its ends are `NaN`.
 */
export function meanInterval(values: readonly number[]): MeanInterval {
  const known = values.filter(Number.isFinite);
  const count = known.length;
  if (count === 0) return { mean: NaN, lower: NaN, upper: NaN };
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { mean, lower: NaN, upper: NaN };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = studentPoint(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { mean, lower: mean - half, upper: mean + half };
}
