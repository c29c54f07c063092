import { unzipSync } from "fflate";
import { printable } from "./_printable.ts";
import { DataFormatError } from "./errors.ts";

/**
 * One member of a zip archive.
 * @throws {DataFormatError} When the archive is damaged, has no such member, or the member is
 * larger than `maximumBytes`.
 */
export function unzipMember(
  archive: Uint8Array,
  member: string,
  file: string,
  maximumBytes: number,
): Uint8Array {
  const names: string[] = [];
  let members: Record<string, Uint8Array>;
  try {
    members = unzipSync(archive, {
      filter({ name, originalSize }) {
        names.push(name);
        return name === member && originalSize <= maximumBytes;
      },
    });
  } catch (error) {
    throw new DataFormatError(
      file,
      0,
      `the zip archive is damaged (${printable((error as Error).message)}).`,
    );
  }
  const content = members[member];
  if (content) return content;
  throw new DataFormatError(
    file,
    0,
    names.includes(member)
      ? `the member "${member}" is larger than the ${maximumBytes} bytes that it may have.`
      : `the zip archive has no member "${member}"; it has ${
        printable(names.slice(0, 10).join(", "))
      }.`,
  );
}
