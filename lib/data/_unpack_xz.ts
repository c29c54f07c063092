import xz from "xz-decompress";
import { DataFormatError } from "./errors.ts";
import { hex } from "./_unpack.ts";

/** What an xz file begins with. */
const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
/** What the decoder says when the bytes end in the middle. */
const CUT_SHORT = /error code 8\b/;

/**
 * Unpacks xz bytes; stops as soon as more than `maximumBytes` come out.
 * @throws {DataFormatError} When the bytes are not xz, are cut short, damaged, or a bomb.
 */
export async function unxz(
  packed: Uint8Array,
  file: string,
  maximumBytes: number,
): Promise<Uint8Array> {
  if (!MAGIC.every((byte, at) => packed[at] === byte)) {
    throw new DataFormatError(
      file,
      0,
      `an xz file starts with the bytes ${
        hex(Uint8Array.from(MAGIC), MAGIC.length)
      }, but this one ` +
        `starts with ${hex(packed, MAGIC.length)}.`,
    );
  }
  const unpacked = new Uint8Array(maximumBytes);
  let size = 0;
  try {
    const source = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
    for await (const chunk of new xz.XzReadableStream(source)) {
      if (size + chunk.length > maximumBytes) {
        throw new DataFormatError(
          file,
          packed.length,
          `unpacks to more than the ${maximumBytes} bytes that it may have.`,
        );
      }
      unpacked.set(chunk, size);
      size += chunk.length;
    }
  } catch (error) {
    if (error instanceof DataFormatError) throw error;
    const { message } = error as Error;
    const problem = CUT_SHORT.test(message)
      ? "the xz data end too early; the file is cut short."
      : `the xz data are damaged (${message.replace(/\.$/, "")}).`;
    throw new DataFormatError(file, packed.length, problem);
  }
  return unpacked.subarray(0, size);
}
