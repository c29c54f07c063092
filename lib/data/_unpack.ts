import { gunzipSync } from "node:zlib";
import { DataFormatError } from "./errors.ts";

/**
 * Unpacks gzip bytes; stops as soon as more than `maximumBytes` come out.
 * @throws {DataFormatError} When the bytes are not gzip, are cut short, damaged, or a bomb.
 */
export function gunzip(packed: Uint8Array, file: string, maximumBytes: number): Uint8Array {
  if (packed.length < 18 || packed[0] !== 0x1f || packed[1] !== 0x8b) {
    throw new DataFormatError(
      file,
      0,
      `a gzip file starts with the bytes 1f 8b, but this one starts with ${hex(packed, 2)}.`,
    );
  }
  try {
    return plain(gunzipSync(packed, {
      maxOutputLength: Math.max(1, maximumBytes),
      chunkSize: pieceSize(packed, maximumBytes),
    }));
  } catch (error) {
    const code = (error as { code?: string }).code;
    const problem = code === "ERR_BUFFER_TOO_LARGE"
      ? `unpacks to more than the ${maximumBytes} bytes that it may have.`
      : code === "Z_BUF_ERROR"
      ? `the gzip data end too early; the file is cut short.`
      : `the gzip data are damaged (${(error as Error).message}).`;
    throw new DataFormatError(file, packed.length, problem);
  }
}

const LEAST_PIECE = 16_384;
/** Bytes behind the last one, so that the end is seen without another piece. */
const SPARE = 64;

/**
 * Room for all that comes out, where the file tells the truth about it in its last four bytes: one
 * piece need not be put together from many. Never more than may come out.
 */
function pieceSize(packed: Uint8Array, maximumBytes: number): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const told = view.getUint32(packed.length - 4, true);
  return Math.max(LEAST_PIECE, Math.min(told, maximumBytes) + SPARE);
}

/** A `Buffer` as the plain array that it extends. */
export function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** The first `count` bytes in hexadecimal, for messages. */
export function hex(bytes: Uint8Array, count: number): string {
  if (bytes.length === 0) return "nothing";
  return Array.from(bytes.subarray(0, count), (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}
