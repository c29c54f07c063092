import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
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
  /**
   * A whole number from 1; raise it when the parser gives other numbers for the same bytes. Files of
   * lower versions are removed when one of this version is kept.
   */
  readonly version: number;
  /** Settings that decide the numbers. Sets of different settings are kept side by side. */
  readonly settings?: string;
  /** Keys of the catalogued files that are read. */
  readonly sources: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly type: ArrayType;
  /** First byte, counted from the end of the header. */
  readonly from: number;
  readonly length: number;
}

interface Header {
  readonly notes: unknown;
  readonly arrays: readonly Entry[];
}

const constructors = { Uint8Array, Int32Array, Float32Array, Float64Array };
type ArrayType = keyof typeof constructors;

const MAGIC = new TextEncoder().encode("polytask");
const START = MAGIC.length + 4 + 4;
const ALIGNMENT = 8;
const SPACE = 32;
/** A draft that nobody has written to for so long has lost its writer. */
const ABANDONED_MILLISECONDS = 3_600_000;
const little = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The result of `parse`, from the cache folder when the same version of the parser has been there
 * before with the same files. A kept file that is damaged is made anew, so that no write waits for the
 * disk; a cache that cannot be written only costs time.
 *
 * The file: "polytask"; length of the header; CRC-32 of everything else behind "polytask" (both
 * little-endian uint32); the header as JSON; the arrays, little-endian, each on an 8-byte boundary.
 */
export async function parsedOnce<Arrays extends ParsedArrays, Notes>(
  key: ParsedKey,
  places: DataPlaces,
  parse: () => Promise<Parsed<Arrays, Notes>>,
): Promise<Parsed<Arrays, Notes>> {
  const folder = join(cacheFolder(places), "parsed");
  const path = join(folder, `${key.name}.v${key.version}.${fingerprint(key)}.bin`);
  const kept = little ? await readFile(path).then(decode, () => undefined) : undefined;
  if (kept) return kept as Parsed<Arrays, Notes>;
  const parsed = await parse();
  if (little) {
    await writeAtomically(path, encode(parsed), { sync: false })
      .then(() => purge(folder, key))
      .catch(() => {});
  }
  return parsed;
}

function fingerprint({ version, settings = "", sources }: ParsedKey): string {
  const all = [version, settings, ...sources.map((key) => catalogFile(key).sha256)];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 16);
}

/**
 * Removes what older versions of the parser kept of this set, and drafts of writers that were ended.
 * A process that is reading such a file, or finds it gone, loses nothing but time.
 */
async function purge(folder: string, { name, version }: ParsedKey): Promise<void> {
  for (const file of await readdir(folder)) {
    const kept = /^(?<set>[^.]+)(\.v(?<of>\d+))?\.[0-9a-f]{16}\.bin(?<draft>\..+\.tmp)?$/.exec(
      file,
    );
    if (kept?.groups?.set !== name) continue;
    const path = join(folder, file);
    const obsolete = kept.groups.draft
      ? Date.now() - (await stat(path)).mtimeMs > ABANDONED_MILLISECONDS
      : Number(kept.groups.of ?? 0) < version;
    if (obsolete) await rm(path, { force: true });
  }
}

function encode({ arrays, notes }: Parsed<ParsedArrays, unknown>): Uint8Array[] {
  const payload: Uint8Array[] = [];
  const entries: Entry[] = [];
  let at = 0;
  for (const [name, array] of Object.entries(arrays)) {
    const type = array[Symbol.toStringTag] as ArrayType;
    entries.push({ name, type, from: at, length: array.length });
    const padding = (ALIGNMENT - array.byteLength % ALIGNMENT) % ALIGNMENT;
    payload.push(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      new Uint8Array(padding),
    );
    at += array.byteLength + padding;
  }
  const json = new TextEncoder().encode(JSON.stringify({ notes, arrays: entries }));
  const header = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(SPACE);
  header.set(json);
  const start = new Uint8Array(START);
  start.set(MAGIC);
  const view = new DataView(start.buffer);
  view.setUint32(MAGIC.length, header.length, true);
  const length = start.subarray(MAGIC.length, MAGIC.length + 4);
  const crc = [length, header, ...payload].reduce((crc, part) => crc32(part, crc), 0);
  view.setUint32(START - 4, crc, true);
  return [start, header, ...payload];
}

/** The arrays as views of `file`, or nothing when it is not whole. */
function decode(file: Uint8Array): Parsed<ParsedArrays, unknown> | undefined {
  const bytes = file.byteOffset % ALIGNMENT === 0 ? file : new Uint8Array(file);
  if (bytes.length < START || !MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const crc = crc32(bytes.subarray(START), crc32(bytes.subarray(MAGIC.length, START - 4)));
  if (crc !== view.getUint32(START - 4, true)) return undefined;
  const payload = START + view.getUint32(MAGIC.length, true);
  const header: Header = JSON.parse(new TextDecoder().decode(bytes.subarray(START, payload)));
  const arrays: Record<string, ParsedArrays[string]> = {};
  for (const { name, type, from, length } of header.arrays) {
    const at = bytes.byteOffset + payload + from;
    arrays[name] = new constructors[type](bytes.buffer as ArrayBuffer, at, length);
  }
  return { arrays, notes: header.notes };
}
