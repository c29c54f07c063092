/** Numbers of one column, row after row. */
export type ColumnValues = Float32Array | Int32Array | Uint8Array;

/**
 * One named column of a data set: as many rows as the set has examples, each of the same shape,
 * in one flat array.
 */
export interface Column {
  /** `rows * product(shape)` numbers, row-major. Never changed by polytask. */
  readonly values: ColumnValues;
  /** Shape of one row; `[]` for a single number. */
  readonly shape: readonly number[];
  /** A value is `raw * scale + offset` once it is in a tensor. Default 1: bytes of images use 1/255. */
  readonly scale?: number;
  /** See `scale`. Default 0. */
  readonly offset?: number;
  /** Targets only: 1 where the row has a label, 0 where it is missing. Default: all have one. */
  readonly mask?: Uint8Array;
  /** Names of the classes, for displays. */
  readonly labels?: readonly string[];
}

/** Product of a shape: numbers in one row. */
export function rowSize(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Number of rows of a column.
 * @throws {RangeError} When values or mask do not fit the shape; names the `field`.
 */
export function countRows(field: string, column: Column): number {
  const size = rowSize(column.shape);
  if (!(size > 0) || !column.shape.every((side) => Number.isInteger(side) && side > 0)) {
    throw new RangeError(
      `${field}: every side of a row's shape must be a whole number above 0, but the shape is [${column.shape}].`,
    );
  }
  const rows = column.values.length / size;
  if (!Number.isInteger(rows)) {
    throw new RangeError(
      `${field}: ${column.values.length} values do not divide into rows of shape [${column.shape}] (${size} values each).`,
    );
  }
  if (column.mask && column.mask.length !== rows) {
    throw new RangeError(
      `${field}: the mask has ${column.mask.length} entries for ${rows} rows; give one 0 or 1 a row.`,
    );
  }
  return rows;
}
