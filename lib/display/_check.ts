/** Throws when arrays that belong together differ in length; absent ones are passed over. */
export function requireEqualLengths(
  where: string,
  arrays: Readonly<Record<string, ArrayLike<unknown> | undefined>>,
): void {
  const present = Object.entries(arrays).filter((entry) => entry[1] !== undefined) as [
    string,
    ArrayLike<unknown>,
  ][];
  for (const [name, values] of present) {
    if (values.length !== present[0][1].length) {
      throw new RangeError(
        `Expected as many values in ${name} as in ${present[0][0]} of ${where}, ` +
          `${present[0][1].length}, but found ${values.length}`,
      );
    }
  }
}
