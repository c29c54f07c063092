import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { writeAtomically } from "./_atomic.ts";
import { catalogFile } from "./catalog.ts";
import { cacheFolder, type DataPlaces } from "./places.ts";

/** Arrays that a parsed file comes down to, by name. */
export type ParsedArrays = Readonly<
  Record<string, Uint8Array | Int32Array | Float32Array | Float64Array>
>;

/** Arrays, and anything else that JSON can hold (vocabularies, names). */
export interface Parsed<Arrays extends ParsedArrays, Notes> {
  readonly arrays: Arrays;
  readonly notes: Notes;
}

/** What a parse depends on. */
export interface ParsedKey {
  /** Name of the kept file. */
  readonly name: string;
  /** Raise it when the parser gives other numbers for the same bytes. */
  readonly version: number | string;
  /** Keys of the catalogued files that are read. */
  readonly sources: readonly string[];
}

interface Header {
  readonly notes: unknown;
  readonly crc: number;
  readonly arrays: readonly { name: string; type: ArrayType; from: number; length: number }[];
}

const constructors = { Uint8Array, Int32Array, Float32Array, Float64Array };
type ArrayType = keyof typeof constructors;

const MAGIC = new TextEncoder().encode("polytask");
const ALIGNMENT = 8;
const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The result of `parse`, from the cache folder when the same version of the parser has been there
 * before with the same files. A kept file that is damaged is made anew; a cache that cannot be
 * written only costs time.
 *
 * The file: "polytask", length of the header as little-endian uint32, header as JSON (with the
 * CRC-32 of what follows), then the arrays, little-endian, each on an 8-byte boundary.
 */
export async function parsedOnce<Arrays extends ParsedArrays, Notes>(
  key: ParsedKey,
  places: DataPlaces,
  parse: () => Promise<Parsed<Arrays, Notes>>,
): Promise<Parsed<Arrays, Notes>> {
  const path = join(cacheFolder(places), "parsed", `${key.name}.${fingerprint(key)}.bin`);
  const kept = little ? await readFile(path).then(decode, () => undefined) : undefined;
  if (kept) return kept as Parsed<Arrays, Notes>;
  const parsed = await parse();
  if (little) await writeAtomically(path, encode(parsed)).catch(() => {});
  return parsed;
}

function fingerprint({ version, sources }: ParsedKey): string {
  const sums = sources.map((key) => catalogFile(key).sha256);
  return createHash("sha256").update(JSON.stringify([version, sums])).digest("hex").slice(0, 16);
}

function encode({ arrays, notes }: Parsed<ParsedArrays, unknown>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  const entries: { name: string; type: ArrayType; from: number; length: number }[] = [];
  let at = 0;
  let crc = 0;
  const add = (bytes: Uint8Array) => {
    parts.push(bytes);
    crc = crc32(bytes, crc);
    at += bytes.length;
  };
  for (const [name, array] of Object.entries(arrays)) {
    const type = array[Symbol.toStringTag] as ArrayType;
    entries.push({ name, type, from: at, length: array.length });
    add(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    add(new Uint8Array((ALIGNMENT - at % ALIGNMENT) % ALIGNMENT));
  }
  const header = encodeHeader({ notes, crc, arrays: entries });
  return [header, ...parts];
}

function encodeHeader(header: Header): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = MAGIC.length + 4;
  const bytes = new Uint8Array(Math.ceil((start + json.length) / ALIGNMENT) * ALIGNMENT).fill(32);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint32(MAGIC.length, bytes.length - start, true);
  bytes.set(json, start);
  return bytes;
}

/** The arrays as views of `file`, or nothing when it is not whole. */
function decode(file: Uint8Array): Parsed<ParsedArrays, unknown> | undefined {
  const bytes = file.byteOffset % ALIGNMENT === 0 ? file : file.slice();
  const start = MAGIC.length + 4;
  if (bytes.length < start || !MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const headerEnd = start + view.getUint32(MAGIC.length, true);
  let header: Header;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(start, headerEnd)));
  } catch {
    return undefined;
  }
  const payload = bytes.subarray(headerEnd);
  if (crc32(payload) !== header.crc) return undefined;
  const arrays: Record<string, ParsedArrays[string]> = {};
  for (const { name, type, from, length } of header.arrays) {
    const buffer = bytes.buffer as ArrayBuffer;
    arrays[name] = new constructors[type](buffer, payload.byteOffset + from, length);
  }
  return { arrays, notes: header.notes };
}
