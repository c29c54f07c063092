import { DataFormatError } from "../errors.ts";

/** Images of a CIFAR-10 binary file. */
export interface CifarImages {
  /** Number of images. */
  readonly rows: number;
  /** `[rows, 32, 32, 3]` bytes, red, green and blue side by side. */
  readonly images: Uint8Array;
  /** Class of each image, 0 to 9. */
  readonly labels: Int32Array;
}

const SIDE = 32;
const PLANE = SIDE * SIDE;
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;

/**
 * Reads a file of the CIFAR-10 binary version: records of one byte of class and 3,072 bytes of
 * pixels, first all red, then all green, then all blue ones. Allocates as many bytes as it is given.
 *
 * Source: https://www.cs.toronto.edu/~kriz/cifar.html
 *
 * @param file Name for messages.
 * @throws {DataFormatError} When the bytes are not that; names the byte.
 */
export function parseCifar(bytes: Uint8Array, file = "CIFAR file"): CifarImages {
  const rows = bytes.length / RECORD;
  if (!Number.isInteger(rows)) {
    throw new DataFormatError(
      file,
      bytes.length,
      `expected records of ${RECORD} bytes, but ${bytes.length} bytes are ${
        rows.toFixed(2)
      } of them; the file is cut short or too long.`,
    );
  }
  const images = new Uint8Array(rows * 3 * PLANE);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const at = row * RECORD;
    labels[row] = bytes[at];
    if (labels[row] >= CLASSES) {
      throw new DataFormatError(file, at, `expected a class from 0 to 9, found ${labels[row]}.`);
    }
    let to = row * 3 * PLANE;
    for (let from = at + 1; from < at + 1 + PLANE; from++) {
      images[to++] = bytes[from];
      images[to++] = bytes[from + PLANE];
      images[to++] = bytes[from + 2 * PLANE];
    }
  }
  return { rows, images, labels };
}
