import type { ColumnValues } from "./column.ts";

// Rows up to these sizes are copied number by number: a native copy takes longer to begin.
const SHORT_ROW = 48;
const SHORT_PAIRED_ROW = 256;

/** Copies the rows `indices`, of `size` numbers each, to `place`, which is of the same type. */
export function copyRows(
  values: ColumnValues,
  indices: Int32Array,
  size: number,
  place: ColumnValues,
): void {
  const rowBytes = size * values.BYTES_PER_ELEMENT;
  if (rowBytes < LEAST_AWAITED_ROW || rowBytes > MOST_AWAITED_ROW) {
    return copyAtOnce(values, indices, size, place);
  }
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const rows = Math.floor(AWAITED_BYTES / rowBytes);
  for (let from = 0; from < indices.length; from += rows) {
    const some = indices.subarray(from, from + rows);
    bringNear(bytes, some, rowBytes);
    copyAtOnce(values, some, size, place.subarray(from * size, (from + some.length) * size));
  }
}

// Rows in random order lie in memory that is far from the processor. To read a number of every cache
// line of many rows, before they are copied, makes it wait for all of them at once: 1.5 to 3 times as
// fast for rows of these lengths. Shorter rows are too many, longer ones are fetched ahead anyway.
const LEAST_AWAITED_ROW = 128;
const MOST_AWAITED_ROW = 4096;
const AWAITED_BYTES = 131_072;
const CACHE_LINE = 64;

/** What was read last; kept so that no compiler leaves the reading out. */
let lastSeen = 0;

function bringNear(bytes: Uint8Array, indices: Int32Array, rowBytes: number): void {
  let seen = 0;
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * rowBytes;
    for (let at = from; at < from + rowBytes; at += CACHE_LINE) seen ^= bytes[at];
  }
  lastSeen ^= seen;
}

function copyAtOnce(
  values: ColumnValues,
  indices: Int32Array,
  size: number,
  place: ColumnValues,
): void {
  if (values instanceof Float32Array && size <= SHORT_PAIRED_ROW) {
    const [from, to] = size % 2 === 0 ? [inPairs(values), inPairs(place)] : [];
    if (from && to) return copyPairs(from, indices, size / 2, to);
  }
  if (size > SHORT_ROW) copyLong(values, indices, size, place);
  else if (values instanceof Uint8Array) copyBytes(values, indices, size, place as Uint8Array);
  else copyWords(inWords(values), indices, size, inWords(place));
}

/** Numbers of 32 bits as `int32`, whatever they mean: one loop copies them all. */
function inWords(values: ColumnValues): Int32Array {
  if (values instanceof Int32Array) return values;
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/**
 * Pairs of float32 seen as one float64 each, to move two at a time; nothing where they are not
 * aligned. A pair looks like a NaN, whose bits an engine may change, only if the second one is a NaN;
 * columns of a data set hold none.
 */
function inPairs({ buffer, byteOffset, length }: ColumnValues): Float64Array | undefined {
  if (byteOffset % 8 !== 0 || length % 2 !== 0) return undefined;
  return new Float64Array(buffer, byteOffset, length / 2);
}

/** Writes 0 over the rows whose mask is 0. */
export function clearRows(mask: Float32Array, size: number, place: ColumnValues): void {
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) place.fill(0, row * size, (row + 1) * size);
  }
}

/** A new empty array of the same type. */
export function emptyLike(values: ColumnValues, length: number): ColumnValues {
  if (values instanceof Uint8Array) return new Uint8Array(length);
  return values instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
}

/**
 * The numbers `raw * scale + offset` as float32, each rounded once. Numbers that need no change and
 * are not bytes come back as they are, in the same array.
 */
export function scaled(
  raw: ColumnValues,
  scale: number,
  offset: number,
): Float32Array | Int32Array {
  const same = scale === 1 && offset === 0;
  if (raw instanceof Uint8Array) {
    return same ? Float32Array.from(raw) : scaleBytes(raw, scale, offset);
  }
  if (same) return raw;
  const values = new Float32Array(raw.length);
  if (raw instanceof Int32Array) scaleWhole(raw, scale, offset, values);
  else scaleFloats(raw, scale, offset, values);
  return values;
}

// A loop of its own for each type of array: the compiler makes one that sees several types slow.

function copyLong(
  values: ColumnValues,
  indices: Int32Array,
  size: number,
  place: ColumnValues,
): void {
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    place.set(values.subarray(from, from + size), row * size);
  }
}

function copyPairs(
  values: Float64Array,
  indices: Int32Array,
  size: number,
  place: Float64Array,
): void {
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) place[to++] = values[at];
  }
}

function copyWords(
  values: Int32Array,
  indices: Int32Array,
  size: number,
  place: Int32Array,
): void {
  if (size === 1) {
    for (let row = 0; row < indices.length; row++) place[row] = values[indices[row]];
    return;
  }
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) place[to++] = values[at];
  }
}

function copyBytes(
  values: Uint8Array,
  indices: Int32Array,
  size: number,
  place: Uint8Array,
): void {
  if (size === 1) {
    for (let row = 0; row < indices.length; row++) place[row] = values[indices[row]];
    return;
  }
  for (let row = 0, to = 0; row < indices.length; row++) {
    const from = indices[row] * size;
    for (let at = from; at < from + size; at++) place[to++] = values[at];
  }
}

function scaleBytes(raw: Uint8Array, scale: number, offset: number): Float32Array {
  const table = Float32Array.from({ length: 256 }, (_, byte) => byte * scale + offset);
  const values = new Float32Array(raw.length);
  for (let at = 0; at < raw.length; at++) values[at] = table[raw[at]];
  return values;
}

function scaleWhole(raw: Int32Array, scale: number, offset: number, values: Float32Array): void {
  for (let at = 0; at < raw.length; at++) values[at] = raw[at] * scale + offset;
}

function scaleFloats(raw: Float32Array, scale: number, offset: number, values: Float32Array): void {
  for (let at = 0; at < raw.length; at++) values[at] = raw[at] * scale + offset;
}
