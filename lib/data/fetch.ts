import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type CatalogFile, catalogFile, type CatalogVariant } from "./catalog.ts";
import { fetchFromNetwork, type NetworkOptions } from "./_network.ts";
import { plain } from "./_unpack.ts";
import { type Contents, unpackVerified } from "./_verify.ts";
import { DataError, DataUnavailableError } from "./errors.ts";
import { cacheFolder, type DataPlaces, isAddress, mirrorPlace } from "./places.ts";

/** Where and how to get data files. */
export interface DataOptions extends DataPlaces, NetworkOptions {}

/** A verified file and where it was. */
export interface Obtained<Kind extends Contents> {
  readonly contents: Kind;
  readonly from: "cache" | "mirror" | "network";
  /** The file, or the address it was just downloaded from. */
  readonly place: string;
}

/**
 * The bytes of a catalogued file, unpacked. Looks into the cache folder, then the mirror, then
 * asks the catalogued addresses in turn (the download appears in the cache once it is verified).
 * Every byte is checked against the catalogue before it is returned.
 *
 * @param key As in `data/catalog.json`: `"adult/adult.data"`.
 * @throws {ChecksumError} When a copy has other bytes than the catalogue says; names both sums.
 * @throws {DataUnavailableError} When the file is nowhere; says where it was looked for.
 */
export async function readDataFile(key: string, options: DataOptions = {}): Promise<Uint8Array> {
  const { contents } = await obtain(key, options);
  if (contents instanceof Map) throw new RangeError(`"${key}" is an archive; use readDataArchive.`);
  return contents;
}

/** As {@linkcode readDataFile} for an archive: its members by name, sorted by name. */
export async function readDataArchive(
  key: string,
  options: DataOptions = {},
): Promise<Map<string, Uint8Array>> {
  const { contents } = await obtain(key, options);
  if (!(contents instanceof Map)) throw new RangeError(`"${key}" is no archive; use readDataFile.`);
  return contents;
}

/** The contents of a catalogued file and where they were found; see {@linkcode readDataFile}. */
export async function obtain(key: string, options: DataOptions = {}): Promise<Obtained<Contents>> {
  const file = catalogFile(key);
  const local = await findLocally(file, options);
  if (local) return local;
  const mirror = mirrorPlace(options);
  if (options.offline) throw unavailable(file, options, []);
  const network = mirror && isAddress(mirror) ? { ...options, mirrorAddress: mirror } : options;
  const { contents, failures, url } = await fetchFromNetwork(file, cacheFolder(options), network);
  if (!contents) throw unavailable(file, options, failures);
  return { contents, from: "network", place: url };
}

/**
 * The contents of a catalogued file from the cache or a mirror folder, verified; nothing when it
 * is in neither. @throws {ChecksumError} When a copy there is damaged.
 */
export async function findLocally(
  file: CatalogFile,
  options: DataOptions = {},
): Promise<Obtained<Contents> | undefined> {
  const mirror = mirrorPlace(options);
  const roots = [["cache", cacheFolder(options)]] as ["cache" | "mirror", string][];
  if (mirror && !isAddress(mirror)) roots.push(["mirror", mirror]);
  for (const [from, root] of roots) {
    for (const variant of storedVariants(file)) {
      const place = join(root, variant.path);
      const bytes = await readIfThere(place);
      if (bytes) {
        return { contents: await unpackVerified(bytes, file, variant, place), from, place };
      }
    }
  }
  return undefined;
}

/** The forms of a file that a cache or mirror may hold. */
export function storedVariants(file: CatalogFile): (CatalogVariant & { path: string })[] {
  const stored = file.variants.filter((variant): variant is CatalogVariant & { path: string } =>
    variant.path !== undefined
  );
  // A member taken out of a zip archive is kept as the plain file.
  const plain = stored.some(({ kind, path }) => kind === "file" && path === file.key);
  return plain || file.members ? stored : [...stored, { kind: "file", path: file.key, urls: [] }];
}

/** Reads a file; nothing when there is none or it may not be read. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return plain(await readFile(path));
  } catch (error) {
    const code = (error as { code?: string }).code ?? (error as Error).name;
    const absent = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "NotFound", "NotCapable"];
    if (absent.includes(code)) return undefined;
    throw new DataError(`${path} could not be read (${code}).`, { cause: error });
  }
}

function unavailable(
  file: CatalogFile,
  options: DataOptions,
  failures: readonly string[],
): DataUnavailableError {
  const mirror = mirrorPlace(options);
  const urls = file.variants.flatMap((variant) => variant.urls);
  const tried = failures.length > 0
    ? `no address gave it (${failures.join("; ")})`
    : options.offline
    ? "the network was not asked (offline)"
    : "it has no address to download it from";
  const hint = urls.length > 0
    ? `With a network, "deno task data fetch ${file.dataset}" gets it; without one, put`
    : `Put`;
  return new DataUnavailableError(
    `"${file.key}" is not in the cache ${cacheFolder(options)}, ` +
      `${mirror ? `not in the mirror ${mirror}` : "there is no mirror"}, and ${tried}. ${hint} ` +
      `a copy as ${storedVariants(file)[0].path} into the cache or into a folder named by ` +
      `POLYTASK_DATA_MIRROR.`,
  );
}
