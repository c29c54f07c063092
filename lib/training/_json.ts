/**
 * Figures as they were before JSON, which has no `NaN` and writes `null` in its place. No figure is
 * `null` otherwise.
 */
export function withNotANumber<Value>(value: Value): Value {
  if (value === null) return NaN as Value;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(withNotANumber) as Value;
  const entries = Object.entries(value).map(([key, part]) => [key, withNotANumber(part)]);
  return Object.fromEntries(entries) as Value;
}
