/** Logarithms are taken of at least this. */
const FLOOR = 5e-6;

/** `log max(|depth|, 5e-6)` and its derivative by `depth`, 0 at the floor. */
export function logPit(depth: number): { readonly value: number; readonly slope: number } {
  const size = Math.abs(depth);
  return { value: Math.log(Math.max(size, FLOOR)), slope: size > FLOOR ? 1 / depth : 0 };
}
