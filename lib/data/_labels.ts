import type { Random } from "../math/random.ts";
import { maskNotANumber } from "./_check_columns.ts";
import { type Column, rowSize } from "./column.ts";

/** The labels of one task, row after row. */
export interface Labels {
  /** `[rows, ...shape]`, row-major; what stands where a label is missing means nothing. */
  values: Float32Array | Int32Array;
  /** 1 where the row has a label; absent when all have one. */
  mask?: Uint8Array;
}

/** What a column says in these rows. */
export function labelsOf(column: Column, rows: Int32Array): Labels {
  const { shape, scale = 1, offset = 0, mask } = column;
  const size = rowSize(shape);
  const whole = column.values instanceof Int32Array && scale === 1 && offset === 0;
  const values = whole ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
  rows.forEach((row, at) => {
    for (let k = 0; k < size; k++) {
      values[at * size + k] = column.values[row * size + k] * scale + offset;
    }
  });
  return mask ? { values, mask: Uint8Array.from(rows, (row) => mask[row]) } : { values };
}

/** The column of a task whose labels follow from those of another. */
export function derivedColumn(
  { values, mask, shape, scale = 1, offset = 0 }: Column,
  derive: (value: number) => number,
  labels: readonly string[] | undefined,
): Column {
  const size = rowSize(shape);
  const derived = Array.from(
    values,
    (value, at) => mask && !mask[Math.floor(at / size)] ? 0 : derive(value * scale + offset),
  );
  const whole = derived.every(Number.isInteger);
  return maskNotANumber({
    values: whole ? Int32Array.from(derived) : Float32Array.from(derived),
    shape,
    mask,
    labels,
  });
}

/** A column with `mask` (one entry for each of `rows`, 1 = keep) laid over its labels. */
export function laidOver(column: Column, rows: Int32Array, mask: ArrayLike<number>): Column {
  const whole = new Uint8Array(column.values.length / rowSize(column.shape));
  rows.forEach((row, at) => whole[row] = mask[at] && (column.mask?.[row] ?? 1) ? 1 : 0);
  return { ...column, mask: whole };
}

/**
 * Positions of `count` random examples of each class, in random order. The classes are those that
 * occur, and those that have `names`.
 * @throws {RangeError} When a class has fewer; names it.
 */
export function perClass(
  { values, mask }: Labels,
  names: readonly string[] = [],
  count: number,
  random: Random,
  where: { readonly set: string; readonly task: string },
): Int32Array {
  const found = new Map(names.map((_, label) => [label, 0]));
  const kept = random.permutation(values.length).filter((position) => {
    if (mask && !mask[position]) return false;
    const taken = found.get(values[position]) ?? 0;
    found.set(values[position], taken + 1);
    return taken < count;
  });
  for (const [label, available] of found) {
    if (available < count) {
      throw new RangeError(
        `"${where.set}" has ${available} examples of class ${label} of "${where.task}", fewer than the ${count} asked for.`,
      );
    }
  }
  return kept;
}
