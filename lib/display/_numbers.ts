/** Decimals that show about four significant digits of a number of this size. */
export function decimalsFor(magnitude: number): number {
  if (!(magnitude > 0) || !Number.isFinite(magnitude)) return 1;
  return Math.min(6, Math.max(1, 4 - Math.ceil(Math.log10(magnitude * 1.0000001))));
}

/** Digits in groups of three: `12,345`. */
export function groupDigits(value: number | bigint): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 20 });
}

/** Whether fixed decimals would hide most of a number of this size. */
function needsExponent(magnitude: number): boolean {
  return magnitude !== 0 && (magnitude >= 1e9 || magnitude < 1e-4);
}

/** A number in about four significant digits, for text: `0.9713`, `12,345`, `1.2e-7`, `NaN`. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
  const magnitude = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  if (Number.isInteger(value) && magnitude < 1e9) return sign + groupDigits(magnitude);
  if (needsExponent(magnitude)) {
    return sign + magnitude.toExponential(digits - 2).replace("e-", "e−").replace("e+", "e");
  }
  const rounded = Number(magnitude.toPrecision(digits));
  return sign + groupDigits(rounded);
}

/** A function that writes all numbers of one column alike, so that they line up. */
export function columnFormat(values: readonly number[], digits?: number): (n: number) => string {
  const finite = values.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const whole = digits === undefined && finite.every(Number.isInteger);
  const smallest = finite.reduce(
    (least, value) => value === 0 ? least : Math.min(least, Math.abs(value)),
    Infinity,
  );
  const exponent = largest >= 1e12 || (digits === undefined && !whole && largest < 1e-3) ||
    (digits === undefined && !whole && largest / smallest > 1e7);
  const decimals = digits ?? (whole ? 0 : decimalsFor(largest));
  return (value) => {
    if (!Number.isFinite(value)) return formatNumber(value);
    if (exponent && value !== 0) {
      const text = Math.abs(value).toExponential(digits ?? 2);
      return (value < 0 ? "−" : "") + text.replace("e-", "e−").replace("e+", "e");
    }
    const rounded = Math.abs(value).toLocaleString("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    const isZero = !/[1-9]/.test(rounded);
    return (value < 0 && !isZero ? "−" : "") + rounded;
  };
}

/** Round values between `low` and `high`, about `count` of them, for an axis. */
export function linearTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((multiple) => multiple * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Labels of ticks, all with as many decimals as the finest of them needs. */
export function tickLabels(ticks: readonly number[]): string[] {
  const largest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0);
  if (largest >= 1e6 || (largest > 0 && largest < 1e-3)) {
    return ticks.map((tick) => formatNumber(tick));
  }
  const decimals = ticks.reduce(
    (most, tick) => Math.max(most, String(Number(tick.toPrecision(10))).split(".")[1]?.length ?? 0),
    0,
  );
  const format = columnFormat(ticks, decimals);
  return ticks.map(format);
}

/** Powers of ten between `low` and `high`, with 2 and 5 between when there are few. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
  const multiples = last - first <= 2 ? [1, 2, 5] : [1];
  const every = Math.ceil((last - first) / 8);
  const ticks: number[] = [];
  for (let power = first; power <= last; power++) {
    if ((power - first) % Math.max(1, every) !== 0) continue;
    for (const multiple of multiples) {
      const tick = Number((multiple * 10 ** power).toPrecision(12));
      if (tick >= low * 0.999999 && tick <= high * 1.000001) ticks.push(tick);
    }
  }
  return ticks;
}
