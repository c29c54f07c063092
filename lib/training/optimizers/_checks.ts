/** Refuses settings that are not above zero. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${name} must be a number above 0, but is ${value}.`);
  }
}

/** Refuses shares outside [0, 1). */
export function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${name} must be in [0, 1), but is ${value}.`);
  }
}
