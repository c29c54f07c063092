import xz from "xz-decompress";
import { DataFormatError } from "./errors.ts";

/**
 * Unpacks xz bytes; stops as soon as more than `maximumBytes` come out.
 * @throws {DataFormatError} When the bytes are not xz, are damaged, or a bomb.
 */
export async function unxz(
  packed: Uint8Array,
  file: string,
  maximumBytes: number,
): Promise<Uint8Array> {
  const unpacked = new Uint8Array(maximumBytes);
  let size = 0;
  try {
    const source = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
    for await (const chunk of new xz.XzReadableStream(source)) {
      if (size + chunk.length > maximumBytes) break;
      unpacked.set(chunk, size);
      size += chunk.length;
    }
  } catch (error) {
    throw new DataFormatError(file, 0, `the xz data are damaged (${(error as Error).message}).`);
  }
  return unpacked.subarray(0, size);
}
