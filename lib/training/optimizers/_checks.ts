/** Refuses settings that are not above zero. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${name} must be a number above 0, but is ${value}.`);
  }
}
