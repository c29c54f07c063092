import { inflateSync } from "node:zlib";
import { DataFormatError } from "../errors.ts";

/** A variable of a MATLAB file. */
export type MatValue = MatNumbers | MatCells | MatText | MatUnread;

/** A numeric or logical array. */
export interface MatNumbers {
  /** Tells numbers from other values. */
  readonly kind: "numbers";
  /** Sides, rows first; at least two. */
  readonly shape: readonly number[];
  /** All numbers **column by column**, as MATLAB keeps them. */
  readonly values: Float64Array;
}

/** A cell array: any values, column by column. */
export interface MatCells {
  /** Tells cells from other values. */
  readonly kind: "cells";
  /** Sides, rows first; at least two. */
  readonly shape: readonly number[];
  /** All cells, column by column. */
  readonly cells: readonly MatValue[];
}

/** A character array of one row. */
export interface MatText {
  /** Tells text from other values. */
  readonly kind: "text";
  /** The characters of the row. */
  readonly text: string;
}

/** Something that this reader does not read: structs, objects, sparse or complex arrays. */
export interface MatUnread {
  /** Tells what was not read from other values. */
  readonly kind: "unread";
  /** What it is, in words. */
  readonly what: string;
}

/** Options of {@linkcode parseMat5}. */
export interface Mat5Options {
  /** Name of the file for messages. Default `"MAT file"`. */
  readonly file?: string;
  /** Most bytes that compressed parts may unpack to, together. Default 256 MiB. */
  readonly largest?: number;
}

const HEADER = 128;
const COMPRESSED = 15;
const MATRIX = 14;
const DEEPEST = 16;

/** Bytes a number and how to read it, by the type numbers of the format. */
const NUMBER_TYPES: Readonly<
  Record<
    number,
    readonly [size: number, read: (view: DataView, at: number, little: boolean) => number]
  >
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getInt16(at, little)],
  4: [2, (view, at, little) => view.getUint16(at, little)],
  5: [4, (view, at, little) => view.getInt32(at, little)],
  6: [4, (view, at, little) => view.getUint32(at, little)],
  7: [4, (view, at, little) => view.getFloat32(at, little)],
  9: [8, (view, at, little) => view.getFloat64(at, little)],
  12: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  13: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  16: [1, (view, at) => view.getUint8(at)],
  17: [2, (view, at, little) => view.getUint16(at, little)],
};

const CLASS_NAMES: Readonly<Record<number, string>> = {
  2: "a struct",
  3: "an object",
  5: "a sparse array",
};

/**
 * Reads a MATLAB file of version 5 (saved with `-v6` or `-v7`): numeric, logical, text and cell
 * variables by name. What it does not read is marked, not guessed. Nothing is allocated beyond what
 * the bytes can hold.
 *
 * Source: "MAT-File Format", The MathWorks (Level 5 MAT-files). A reader of our own: the one kept
 * package for Node is under the GPL, which would bind this library.
 *
 * @throws {DataFormatError} When the bytes are not that; says where and what was expected.
 */
export function parseMat5(bytes: Uint8Array, options: Mat5Options = {}): Record<string, MatValue> {
  const { file = "MAT file", largest = 2 ** 28 } = options;
  if (bytes.length < HEADER) {
    throw new DataFormatError(
      file,
      bytes.length,
      `a MAT file of version 5 starts with ${HEADER} bytes of header, but the file ends before.`,
    );
  }
  const mark = String.fromCharCode(bytes[126], bytes[127]);
  if (mark !== "IM" && mark !== "MI") {
    const newer = String.fromCharCode(...bytes.subarray(0, 10)) === "MATLAB 7.3";
    throw new DataFormatError(
      file,
      126,
      newer
        ? "this is a MAT file of version 7.3 (HDF5); save it again with -v7."
        : `expected the mark "IM" or "MI" of a MAT file of version 5, found bytes ${bytes[126]} ` +
          `and ${bytes[127]}.`,
    );
  }
  const reader = new Reader(bytes, mark === "IM", file, { left: largest });
  const variables: Record<string, MatValue> = Object.create(null);
  let at = HEADER;
  while (at < bytes.length) {
    const element = reader.element(at);
    at = element.next;
    if (element.type === COMPRESSED) {
      const inner = reader.inflate(element.start, element.end);
      const whole = inner.element(0);
      if (whole.type === MATRIX) addTo(variables, inner.matrix(whole.start, whole.end, 0));
    } else if (element.type === MATRIX) {
      addTo(variables, reader.matrix(element.start, element.end, 0));
    }
  }
  return { ...variables };
}

function addTo(variables: Record<string, MatValue>, { name, value }: Named): void {
  if (name !== "" && name !== "__proto__") variables[name] = value;
}

interface Named {
  readonly name: string;
  readonly value: MatValue;
}

interface Element {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  /** Where the next element starts. */
  readonly next: number;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #file: string;
  /** Bytes that may still be unpacked. */
  readonly #budget: { left: number };

  constructor(bytes: Uint8Array, little: boolean, file: string, budget: { left: number }) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
    this.#file = file;
    this.#budget = budget;
  }

  /** The data element at `at`, in full or small form. */
  element(at: number, end: number = this.#bytes.length): Element {
    this.#need(at, 8, end);
    const first = this.#view.getUint32(at, this.#little);
    const packed = first >>> 16;
    if (packed !== 0) {
      if (packed > 4) {
        this.#fail(at, `a small element holds at most 4 bytes, but this says ${packed}.`);
      }
      return { type: first & 0xffff, start: at + 4, end: at + 4 + packed, next: at + 8 };
    }
    const size = this.#view.getUint32(at + 4, this.#little);
    this.#need(at + 8, size, end);
    const padding = first === COMPRESSED ? 0 : (8 - size % 8) % 8;
    // The last element of a file may come without its padding.
    return {
      type: first,
      start: at + 8,
      end: at + 8 + size,
      next: Math.min(at + 8 + size + padding, end),
    };
  }

  /** A reader of the zlib stream between two bytes. */
  inflate(start: number, end: number): Reader {
    let unpacked: Uint8Array;
    try {
      unpacked = inflateSync(this.#bytes.subarray(start, end), {
        maxOutputLength: Math.max(1, this.#budget.left),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(
        start,
        `the compressed part does not unpack within ${this.#budget.left} bytes (${reason}).`,
      );
    }
    this.#budget.left -= unpacked.length;
    return new Reader(unpacked, this.#little, this.#file, this.#budget);
  }

  /** The array whose elements lie between two bytes. */
  matrix(start: number, end: number, depth: number): Named {
    if (depth > DEEPEST) this.#fail(start, `cells are nested more than ${DEEPEST} deep.`);
    if (start === end) {
      return { name: "", value: { kind: "numbers", shape: [0, 0], values: new Float64Array(0) } };
    }
    const flags = this.element(start, end);
    if (flags.end - flags.start < 8) this.#fail(start, "the array flags are too short.");
    const word = this.#view.getUint32(flags.start, this.#little);
    const kind = word & 0xff;
    const complex = (word & 0x0800) !== 0;
    const sides = this.element(flags.next, end);
    const shape = [...this.#numbers(sides)];
    if (
      shape.length < 2 || shape.length > 32 ||
      !shape.every((side) => Number.isInteger(side) && side >= 0)
    ) {
      this.#fail(sides.start, `the sides of an array cannot be [${shape.slice(0, 8)}].`);
    }
    const size = shape.reduce((product, side) => product * side, 1);
    const label = this.element(sides.next, end);
    const name = String.fromCharCode(
      ...this.#bytes.subarray(label.start, Math.min(label.end, label.start + 255)),
    );
    if (kind in CLASS_NAMES || (complex && kind >= 6)) {
      const what = complex ? "a complex array" : CLASS_NAMES[kind];
      return { name, value: { kind: "unread", what } };
    }
    if (kind === 1) {
      return {
        name,
        value: { kind: "cells", shape, cells: this.#cells(label.next, end, size, depth) },
      };
    }
    if (kind !== 4 && (kind < 6 || kind > 15)) {
      return { name, value: { kind: "unread", what: `an array of class ${kind}` } };
    }
    const part = this.element(label.next, end);
    const values = this.#numbers(part);
    if (values.length !== size) {
      this.#fail(
        part.start,
        `the array "${name}" of ${
          shape.join(" x ")
        } needs ${size} numbers, but ${values.length} follow.`,
      );
    }
    if (kind === 4) {
      return {
        name,
        value: { kind: "text", text: String.fromCharCode(...values.subarray(0, 65_536)) },
      };
    }
    return { name, value: { kind: "numbers", shape, values } };
  }

  #cells(start: number, end: number, size: number, depth: number): MatValue[] {
    // Every cell takes at least its 8-byte tag.
    if (size > (end - start) / 8) {
      this.#fail(start, `${size} cells do not fit in ${end - start} bytes.`);
    }
    const cells: MatValue[] = [];
    let at = start;
    for (let index = 0; index < size; index++) {
      const cell = this.element(at, end);
      if (cell.type !== MATRIX) {
        this.#fail(at, `expected an array in cell ${index}, found type ${cell.type}.`);
      }
      cells.push(this.matrix(cell.start, cell.end, depth + 1).value);
      at = cell.next;
    }
    return cells;
  }

  #numbers({ type, start, end }: Element): Float64Array {
    const format = NUMBER_TYPES[type];
    if (!format) this.#fail(start, `expected numbers, found an element of type ${type}.`);
    const [size, read] = format;
    if ((end - start) % size !== 0) {
      this.#fail(start, `${end - start} bytes do not divide into numbers of ${size} bytes.`);
    }
    const values = new Float64Array((end - start) / size);
    for (let i = 0; i < values.length; i++) {
      values[i] = read(this.#view, start + i * size, this.#little);
    }
    return values;
  }

  #need(at: number, size: number, end: number): void {
    if (at + size <= end) return;
    this.#fail(at, `${size} bytes are expected here, but only ${Math.max(0, end - at)} follow.`);
  }

  #fail(at: number, problem: string): never {
    throw new DataFormatError(this.#file, at, problem);
  }
}
