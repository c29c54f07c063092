import { DataFormatError } from "../errors.ts";

/** What an IDX file holds. */
export interface IdxArray {
  /** Sides of the array, rows first: `[60000, 28, 28]`. */
  readonly shape: readonly number[];
  /** All numbers, row-major; a view of the file's bytes. */
  readonly values: Uint8Array;
}

/** Options of {@linkcode parseIdx}. */
export interface IdxOptions {
  /** Name of the file for messages. Default `"IDX file"`. */
  readonly file?: string;
  /** Number of sides that the array must have. Default: any from 1 to 4. */
  readonly dimensions?: number;
}

const UNSIGNED_BYTE = 0x08;
const MOST_DIMENSIONS = 4;

/**
 * Reads an IDX file of unsigned bytes, the format of MNIST: two zero bytes, the type (8: unsigned
 * byte), the number of sides, each side as a big-endian 32-bit number, then the values. Allocates
 * nothing but the shape: the values are a view of `bytes`.
 *
 * Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
 *
 * ```ts
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9);
 * deepStrictEqual(data.parseIdx(bytes).shape, [3]);
 * ```
 *
 * @throws {DataFormatError} When the bytes are not that; says where and what was expected.
 */
export function parseIdx(bytes: Uint8Array, options: IdxOptions = {}): IdxArray {
  const { file = "IDX file", dimensions } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) {
    throw new DataFormatError(
      file,
      bytes.length,
      `an IDX header has 4 bytes, but the file ends after ${bytes.length}.`,
    );
  }
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw new DataFormatError(
      file,
      0,
      `an IDX file starts with two zero bytes, but this one starts with ${bytes[0]} and ${
        bytes[1]
      }.`,
    );
  }
  if (bytes[2] !== UNSIGNED_BYTE) {
    throw new DataFormatError(
      file,
      2,
      `expected the type 8 (unsigned bytes), found ${bytes[2]}.`,
    );
  }
  const sides = bytes[3];
  if (dimensions !== undefined ? sides !== dimensions : sides < 1 || sides > MOST_DIMENSIONS) {
    throw new DataFormatError(
      file,
      3,
      `expected ${dimensions ?? `1 to ${MOST_DIMENSIONS}`} dimensions, found ${sides}.`,
    );
  }
  const start = 4 + 4 * sides;
  if (bytes.length < start) {
    throw new DataFormatError(
      file,
      bytes.length,
      `the header of ${sides} dimensions has ${start} bytes, but the file ends before.`,
    );
  }
  const shape = Array.from({ length: sides }, (_, side) => view.getUint32(4 + 4 * side));
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== bytes.length - start) {
    throw new DataFormatError(
      file,
      start,
      `the header promises ${shape.join(" x ")} = ${size} values, but ${
        bytes.length - start
      } bytes follow; the file is ${size > bytes.length - start ? "cut short" : "too long"}.`,
    );
  }
  return { shape, values: bytes.subarray(start) };
}
