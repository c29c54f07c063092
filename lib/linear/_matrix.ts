/**
 * A matrix of 64-bit numbers, row by row in one flat array.
 *
 * Products are plain 64-bit loops in 4 x 4 tiles. OpenBLAS is several times faster, and the loops are
 * enough: the solvers work on Gram matrices, made once, and on the few features that are in play. A
 * product on a tensor backend would need rounds of 64-bit refinement to reach the tolerances used here,
 * and reading it would make every fit asynchronous. docs/linear.md has the choice and the commands that
 * measure it.
 */
export interface Matrix {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** `[rows, columns]`, row by row. */
  readonly values: Float64Array;
}

/** A matrix from rows of equal length, or a copy of flat values with `columns` numbers a row. */
export function matrix(
  rows: ArrayLike<ArrayLike<number>> | ArrayLike<number>,
  columns?: number,
): Matrix {
  if (columns !== undefined) {
    const values = Float64Array.from(rows as ArrayLike<number>);
    if (!Number.isInteger(columns) || columns < 1 || values.length % columns !== 0) {
      throw new RangeError(
        `A matrix with ${columns} columns cannot be made from ${values.length} numbers: the ` +
          `count must be a whole multiple.`,
      );
    }
    return { rows: values.length / columns, columns, values };
  }
  const list = rows as ArrayLike<ArrayLike<number>>;
  const width = list.length > 0 ? list[0].length : 0;
  const values = new Float64Array(list.length * width);
  for (let row = 0; row < list.length; row++) {
    if (list[row].length !== width) {
      throw new RangeError(
        `Row ${row} has ${list[row].length} numbers, but row 0 has ${width}: give rows of equal ` +
          `length.`,
      );
    }
    values.set(list[row], row * width);
  }
  return { rows: list.length, columns: width, values };
}

/** `inputs` as a matrix, without a copy when it is one. */
export function asMatrix(inputs: Matrix | ArrayLike<ArrayLike<number>>): Matrix {
  return "columns" in inputs ? inputs : matrix(inputs);
}

/** The rows of `source` at `indices`, copied. */
export function takeRows(source: Matrix, indices: ArrayLike<number>): Matrix {
  const { columns } = source;
  const values = new Float64Array(indices.length * columns);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * columns;
    values.set(source.values.subarray(from, from + columns), row * columns);
  }
  return { rows: indices.length, columns, values };
}

/** `source` with rows and columns exchanged. */
export function transpose({ rows, columns, values }: Matrix): Matrix {
  const flipped = new Float64Array(values.length);
  // Square by square, so that what is read and what is written both stay in the cache.
  const side = 32;
  for (let top = 0; top < rows; top += side) {
    const bottom = Math.min(rows, top + side);
    for (let left = 0; left < columns; left += side) {
      const right = Math.min(columns, left + side);
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          flipped[column * rows + row] = values[row * columns + column];
        }
      }
    }
  }
  return { rows: columns, columns: rows, values: flipped };
}

/** Sum of products of `length` numbers of `a` from `aStart` and of `b` from `bStart`. */
export function dot(
  a: Float64Array,
  b: Float64Array,
  length: number = a.length,
  aStart = 0,
  bStart = 0,
): number {
  // Four running sums: shorter chains of additions, faster and a little more exact.
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  let p = aStart, q = bStart;
  const tiled = aStart + length - (length & 3);
  while (p < tiled) {
    s0 += a[p] * b[q];
    s1 += a[p + 1] * b[q + 1];
    s2 += a[p + 2] * b[q + 2];
    s3 += a[p + 3] * b[q + 3];
    p += 4;
    q += 4;
  }
  for (const end = aStart + length; p < end; p++, q++) s0 += a[p] * b[q];
  return s0 + s1 + (s2 + s3);
}

/** Euclidean length of a vector (Frobenius norm of a flat matrix). */
export function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

/** `to[i] += factor * from[i]` for `length` numbers. */
export function addScaled(
  to: Float64Array,
  factor: number,
  from: Float64Array,
  length: number = to.length,
  toStart = 0,
  fromStart = 0,
): void {
  for (let index = 0; index < length; index++) {
    to[toStart + index] += factor * from[fromStart + index];
  }
}

/**
 * `out[i, j] = a_i · b_j` for all rows of `a` `[m, inner]` and `b` `[n, inner]`: the product of `a`
 * with the transpose of `b`, `[m, n]`.
 */
export function multiplyTransposed(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  m: number,
  n: number,
  inner: number,
): void {
  const tiledRows = m - (m & 3);
  const tiledColumns = n - (n & 3);
  for (let i = 0; i < tiledRows; i += 4) {
    for (let j = 0; j < tiledColumns; j += 4) tile(a, b, out, i, j, n, inner);
    for (let j = tiledColumns; j < n; j++) strip(a, b, out, i, j, n, inner);
  }
  for (let i = tiledRows; i < m; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = dot(a, b, inner, i * inner, j * inner);
  }
}

/** Four dot products with the same row of `b`. */
function strip(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  i: number,
  j: number,
  n: number,
  inner: number,
): void {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const p0 = i * inner, p1 = p0 + inner, p2 = p1 + inner, p3 = p2 + inner, q = j * inner;
  for (let l = 0; l < inner; l++) {
    const value = b[q + l];
    s0 += a[p0 + l] * value;
    s1 += a[p1 + l] * value;
    s2 += a[p2 + l] * value;
    s3 += a[p3 + l] * value;
  }
  out[i * n + j] = s0;
  out[(i + 1) * n + j] = s1;
  out[(i + 2) * n + j] = s2;
  out[(i + 3) * n + j] = s3;
}

/** Sixteen dot products at once: each number that is read is used four times. */
function tile(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  i: number,
  j: number,
  n: number,
  inner: number,
): void {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  const p0 = i * inner, p1 = p0 + inner, p2 = p1 + inner, p3 = p2 + inner;
  const q0 = j * inner, q1 = q0 + inner, q2 = q1 + inner, q3 = q2 + inner;
  for (let l = 0; l < inner; l++) {
    const a0 = a[p0 + l], a1 = a[p1 + l], a2 = a[p2 + l], a3 = a[p3 + l];
    const b0 = b[q0 + l], b1 = b[q1 + l], b2 = b[q2 + l], b3 = b[q3 + l];
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
    s20 += a2 * b0;
    s21 += a2 * b1;
    s22 += a2 * b2;
    s23 += a2 * b3;
    s30 += a3 * b0;
    s31 += a3 * b1;
    s32 += a3 * b2;
    s33 += a3 * b3;
  }
  const o = i * n + j;
  putFour(out, o, s00, s01, s02, s03);
  putFour(out, o + n, s10, s11, s12, s13);
  putFour(out, o + 2 * n, s20, s21, s22, s23);
  putFour(out, o + 3 * n, s30, s31, s32, s33);
}

function putFour(out: Float64Array, at: number, a: number, b: number, c: number, d: number): void {
  out[at] = a;
  out[at + 1] = b;
  out[at + 2] = c;
  out[at + 3] = d;
}

/** `rows · rowsᵀ` of a row-major `[count, length]` array: the Gram matrix of its rows. */
export function gramOfRows(rows: Float64Array, count: number, length: number): Float64Array {
  const gram = new Float64Array(count * count);
  const tiled = count - (count & 3);
  for (let i = 0; i < tiled; i += 4) {
    for (let j = 0; j <= i; j += 4) tile(rows, rows, gram, i, j, count, length);
  }
  for (let i = tiled; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      gram[i * count + j] = dot(rows, rows, length, i * length, j * length);
    }
  }
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) gram[j * count + i] = gram[i * count + j];
  }
  return gram;
}

/** The `parts` matrices of `size` numbers in `x` added up. */
export function sumOfParts(x: Float64Array, parts: number, size: number): Float64Array {
  if (parts === 1) return x.subarray(0, size);
  const sum = x.slice(0, size);
  for (let part = 1; part < parts; part++) addScaled(sum, 1, x, size, 0, part * size);
  return sum;
}
