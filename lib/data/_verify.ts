import { createHash } from "node:crypto";
import type { CatalogFile, CatalogVariant } from "./catalog.ts";
import { gunzip } from "./_unpack.ts";
import { ChecksumError } from "./errors.ts";
import { parseTar } from "./formats/tar.ts";

/** What a file of the catalogue holds: its bytes, or for an archive its members by name. */
export type Contents = Uint8Array | Map<string, Uint8Array>;

/** Unpacked archives may hold files that are no part of the set; this bounds how many bytes. */
const ARCHIVE_ALLOWANCE = 4;
const TAR_HEADER = 1024;

/**
 * Unpacks one form of a file and checks it against the catalogue.
 * @param place Where the bytes are from, for messages.
 */
export async function unpackVerified(
  bytes: Uint8Array,
  file: CatalogFile,
  variant: CatalogVariant,
  place: string,
): Promise<Contents> {
  if (variant.sha256) checkSum(bytes, variant.sha256, variant.bytes, place);
  switch (variant.kind) {
    case "file":
      return checkSum(bytes, file.sha256, file.bytes, place);
    case "gzip":
      return checkSum(gunzip(bytes, place, file.bytes), file.sha256, file.bytes, place);
    case "xz": {
      const { unxz } = await import("./_unpack_xz.ts");
      return checkSum(await unxz(bytes, place, file.bytes), file.sha256, file.bytes, place);
    }
    case "zip": {
      const { unzipMember } = await import("./_unpack_zip.ts");
      const member = unzipMember(bytes, variant.member!, place, file.bytes);
      return checkSum(member, file.sha256, file.bytes, place);
    }
    case "tar.gz":
      return checkMembers(bytes, file, variant, place);
  }
}

function checkMembers(
  bytes: Uint8Array,
  file: CatalogFile,
  { strip = "", keep = "" }: CatalogVariant,
  place: string,
): Map<string, Uint8Array> {
  const bound = ARCHIVE_ALLOWANCE * (file.bytes + TAR_HEADER * (file.members! + 2));
  const members = new Map(
    [...parseTar(gunzip(bytes, place, bound), { file: place })]
      .map(([name, content]) =>
        [name.startsWith(strip) ? name.slice(strip.length) : name, content] as const
      )
      .filter(([name]) => name.startsWith(keep))
      .sort(([one], [other]) => one < other ? -1 : 1),
  );
  const listing = createHash("sha256");
  for (const [name, content] of members) listing.update(`${sha256(content)}  ${name}\n`);
  const found = listing.digest("hex");
  if (found !== file.sha256) {
    throw new ChecksumError(
      `The members of ${place} are not those of the catalogue: expected ${file.members} with the ` +
        `listing's SHA-256 ${file.sha256}, found ${members.size} with ${found}. Delete the file ` +
        `and load it again.`,
      file.sha256,
      found,
    );
  }
  return members;
}

function checkSum(
  bytes: Uint8Array,
  expected: string,
  size: number | undefined,
  place: string,
): Uint8Array {
  const found = sha256(bytes);
  if (found === expected) return bytes;
  throw new ChecksumError(
    `${place} has ${bytes.length} bytes with SHA-256 ${found}, but the catalogue names ` +
      `${size ?? "other"} bytes with SHA-256 ${expected}. Delete the file and load it again.`,
    expected,
    found,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
