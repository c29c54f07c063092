import contents from "../../data/catalog.json" with { type: "json" };

/** May the file be passed on with other things? Nothing but `"allowed"` may be shipped. */
export type Redistribution =
  | "allowed"
  | "allowed (same conditions, non-commercial)"
  | "research only"
  | "unclear";

/** What the catalogue says of a data set as a whole. */
export interface CatalogDataset {
  /** Name of the data set for readers. */
  readonly title: string;
  /** The licence, in words. */
  readonly licence: string;
  /** Whether the files may be passed on. */
  readonly redistribution: Redistribution;
  /** What to cite. */
  readonly citation: string;
  /** Where the bytes differ from the official ones, or another trap. */
  readonly notes?: string;
}

/**
 * One way in which a file is kept somewhere:
 * - `file`: the bytes themselves;
 * - `gzip`, `xz`: compressed; `bytes` and `sha256` are those of the compressed form;
 * - `zip`: inside an archive as `member`; only the member is checked, archives get repacked;
 * - `tar.gz`: an archive of many members; without `bytes` and `sha256` only the members are checked.
 */
export interface CatalogVariant {
  /** How the file is kept there; see above. */
  readonly kind: "file" | "gzip" | "xz" | "zip" | "tar.gz";
  /** Where the cache and a mirror keep this form, below their root. A `zip` is not kept. */
  readonly path?: string;
  /** Addresses in order of preference; each gives exactly these bytes. */
  readonly urls: readonly string[];
  /** Size of this form in bytes. */
  readonly bytes?: number;
  /** SHA-256 of this form, in hexadecimal. */
  readonly sha256?: string;
  /** Name of the file in its `zip` archive. */
  readonly member?: string;
  /** What to take off the front of every member's name. */
  readonly strip?: string;
  /** Members whose names (after stripping) start otherwise are no part of the set. */
  readonly keep?: string;
}

/** One file of the catalogue. */
export interface CatalogFile {
  /** Name by which loaders ask for it: `"adult/adult.data"`. */
  readonly key: string;
  /** Key of its data set in {@linkcode catalogDatasets}. */
  readonly dataset: string;
  /** Name of the file itself. */
  readonly file: string;
  /** Size of the contents (unpacked); for an archive, of all members together. */
  readonly bytes: number;
  /**
   * SHA-256 of the contents; for an archive that of its listing: the lines
   * "SHA-256 of the member, two spaces, name", sorted by name.
   */
  readonly sha256: string;
  /** Number of members, for an archive. */
  readonly members?: number;
  /** The ways in which it is kept. */
  readonly variants: readonly CatalogVariant[];
  /** The licence, in words. */
  readonly licence: string;
  /** Whether the file may be passed on. */
  readonly redistribution: Redistribution;
  /** What to cite. */
  readonly citation: string;
}

interface StoredFile extends Partial<CatalogFile> {
  readonly key: string;
  readonly dataset: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly variants: readonly CatalogVariant[];
}

/** All data sets by key. */
export const catalogDatasets: Readonly<Record<string, CatalogDataset>> = contents
  .datasets as Record<string, CatalogDataset>;

/** All files, in the order of the catalogue. */
export const catalogFiles: readonly CatalogFile[] = (contents.files as StoredFile[]).map((file) => {
  const { licence, redistribution, citation } = catalogDatasets[file.dataset];
  return { licence, redistribution, citation, ...file };
});

const byKey = new Map(catalogFiles.map((file) => [file.key, file]));

/**
 * The catalogue's entry for one file.
 * @throws {RangeError} When there is no such key.
 */
export function catalogFile(key: string): CatalogFile {
  const file = byKey.get(key);
  if (!file) throw new RangeError(`The data catalogue has no file "${key}".`);
  return file;
}

/** All files of one data set. @throws {RangeError} When there is no such set; lists those there are. */
export function filesOf(dataset: string): readonly CatalogFile[] {
  const files = catalogFiles.filter((file) => file.dataset === dataset);
  if (files.length === 0) {
    throw new RangeError(
      `The data catalogue has no set "${dataset}"; it has ${
        Object.keys(catalogDatasets).join(", ")
      }.`,
    );
  }
  return files;
}
