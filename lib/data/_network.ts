import { mkdir, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CatalogFile, catalogFiles, type CatalogVariant } from "./catalog.ts";
import { temporaryName, writeAtomically } from "./_atomic.ts";
import {
  AddressError,
  CutShortError,
  describeDiskError,
  download,
  type DownloadOptions,
  type Expected,
} from "./_download.ts";
import { ChecksumError, DataFormatError } from "./errors.ts";
import { printProgress, type ProgressCallback, ProgressReporter } from "./_progress.ts";
import { plain } from "./_unpack.ts";
import { type Contents, unpackVerified } from "./_verify.ts";

/** How to ask the network. */
export interface NetworkOptions {
  /** Told of downloads of more than two seconds. Default: a line on the error output. */
  readonly progress?: ProgressCallback;
  /** Ends a download early; what came is kept for the next time. */
  readonly signal?: AbortSignal;
  /** An address that sends nothing for so long is given up. Default 30,000; 15,000 at first. */
  readonly stallMilliseconds?: number;
}

/** What asking the network came to: the contents, or why each address failed. */
export interface Fetched {
  readonly contents?: Contents;
  readonly url: string;
  readonly failures: readonly string[];
}

/** Most bytes taken from an address whose file has no catalogued size. */
const MOST_UNCATALOGUED_BYTES = 64 * 2 ** 20;
const ATTEMPTS_WHILE_CUT_SHORT = 4;
/** A partial download that nobody has written to for so long is free to be continued. */
const ABANDONED_MILLISECONDS = 60_000;

const underWay = new Map<string, Promise<Fetched>>();

/** Asks all addresses of a file in turn and publishes the first right answer in the cache. */
export function fetchFromNetwork(
  file: CatalogFile,
  cache: string,
  options: NetworkOptions & { readonly mirrorAddress?: string },
): Promise<Fetched> {
  const name = `${cache}\n${file.key}`;
  const running = underWay.get(name);
  if (running) return running;
  const started = fetchInTurn(file, cache, options).finally(() => underWay.delete(name));
  underWay.set(name, started);
  return started;
}

async function fetchInTurn(
  file: CatalogFile,
  cache: string,
  options: NetworkOptions & { readonly mirrorAddress?: string },
): Promise<Fetched> {
  const failures: string[] = [];
  for (const [variant, url] of addresses(file, options.mirrorAddress)) {
    try {
      const contents = await fetchOne(file, variant, url, cache, options);
      return { contents, url, failures };
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      options.signal?.throwIfAborted();
      failures.push(error.message);
    }
  }
  return { url: "", failures };
}

function addresses(file: CatalogFile, mirror: string | undefined): [CatalogVariant, string][] {
  const mirrored = mirror
    ? file.variants.flatMap((variant): [CatalogVariant, string][] =>
      variant.path ? [[variant, `${mirror}/${variant.path}`]] : []
    )
    : [];
  const official = file.variants.flatMap((variant) =>
    variant.urls.map((url): [CatalogVariant, string] => [variant, url])
  );
  return [...mirrored, ...official];
}

async function fetchOne(
  file: CatalogFile,
  variant: CatalogVariant,
  url: string,
  cache: string,
  options: NetworkOptions,
): Promise<Contents> {
  const target = join(cache, variant.path ?? `${file.dataset}/${basename(new URL(url).pathname)}`);
  const expected: Expected = {
    bytes: variant.bytes ?? (variant.kind === "file" ? file.bytes : undefined),
    sha256: variant.sha256 ?? (variant.kind === "file" ? file.sha256 : undefined),
    maximumBytes: MOST_UNCATALOGUED_BYTES,
  };
  const part = await takePart(target, expected.sha256);
  const progress = new ProgressReporter(file.key, url, options.progress ?? printProgress);
  try {
    const { signal, stallMilliseconds } = options;
    await downloadPatiently(url, part, expected, { signal, stallMilliseconds, progress });
    const bytes = plain(await readFile(part));
    if (variant.kind === "zip") return await publishMembers(bytes, file, url, cache);
    const contents = await unpackFrom(bytes, file, variant, url);
    await rename(part, target).catch((error) => {
      throw describeDiskError(error, target);
    });
    return contents;
  } finally {
    await dropPart(part, expected.sha256 !== undefined);
  }
}

/** As `unpackVerified`; an archive that cannot be read is a failure of the address it came from. */
async function unpackFrom(
  bytes: Uint8Array,
  file: CatalogFile,
  variant: CatalogVariant,
  url: string,
): Promise<Contents> {
  try {
    return await unpackVerified(bytes, file, variant, url);
  } catch (error) {
    if (!(error instanceof DataFormatError)) throw error;
    throw new AddressError(error.message.replace(/\.$/, ""), { cause: error });
  }
}

/** Downloads, and goes on where the connection broke off as long as that brings more bytes. */
async function downloadPatiently(
  url: string,
  part: string,
  expected: Expected,
  options: DownloadOptions,
): Promise<void> {
  let before = await sizeOf(part) ?? 0;
  for (let attempt = 1;; attempt++) {
    try {
      return await download(url, part, expected, options);
    } catch (error) {
      const have = await sizeOf(part) ?? 0;
      const goesOn = error instanceof CutShortError && have > before &&
        attempt < ATTEMPTS_WHILE_CUT_SHORT && !options.signal?.aborted;
      // Bytes kept from another address may be to blame; they are gone now.
      const startsOver = error instanceof ChecksumError && before > 0;
      if (!goesOn && !startsOver) throw error;
      before = have;
    }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

/**
 * All catalogued files that are members of the zip archive at `url` appear in the cache, so that
 * the archive need not be loaded for each. Returns the contents of `wanted`.
 */
async function publishMembers(
  archive: Uint8Array,
  wanted: CatalogFile,
  url: string,
  cache: string,
): Promise<Contents> {
  let result: Contents | undefined;
  for (const file of new Set([wanted, ...catalogFiles])) {
    const variant = file.variants.find(({ kind, urls }) => kind === "zip" && urls.includes(url));
    if (!variant) continue;
    const isWanted = file.key === wanted.key;
    const contents = await unpackFrom(archive, file, variant, url).catch((error) => {
      if (isWanted) throw error;
      // Nobody asked for this one yet; who does is told.
    });
    if (!contents) continue;
    await writeAtomically(join(cache, file.key), [contents as Uint8Array]);
    if (isWanted) result = contents;
  }
  return result!;
}

/**
 * A name for this process's partial download beside `target`. The longest abandoned one of the
 * same bytes is taken over (renaming decides between several takers), others are removed.
 */
async function takePart(target: string, sha256: string | undefined): Promise<string> {
  const folder = dirname(target);
  const stem = `${target}.${sha256?.slice(0, 8) ?? "unknown"}`;
  const mine = temporaryName(stem, "part");
  const abandoned = await abandonedParts(folder, stem);
  const longest = sha256 === undefined ? undefined : abandoned.shift();
  if (longest) {
    // Before it has the new name: from then on it must not look abandoned to another process.
    await touch(longest).then(() => rename(longest, mine)).catch(() => {});
  }
  for (const path of abandoned) await rm(path, { force: true }).catch(() => {});
  return mine;
}

/** Marks a file as written to just now. */
function touch(path: string): Promise<void> {
  const now = new Date();
  return utimes(path, now, now);
}

/** Partial downloads that nobody is writing to, the longest first. */
async function abandonedParts(folder: string, stem: string): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw describeDiskError(error, folder);
  }
  const found: { path: string; size: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!path.startsWith(`${stem}.`) || !name.endsWith(".part")) continue;
    const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: Infinity }));
    if (Date.now() - mtimeMs >= ABANDONED_MILLISECONDS) found.push({ path, size });
  }
  return found.sort((one, other) => other.size - one.size).map(({ path }) => path);
}

/** Removes a partial download unless it can be continued; that one is marked as abandoned. */
async function dropPart(part: string, canContinue: boolean): Promise<void> {
  const size = await sizeOf(part);
  if (size === undefined) return;
  const done = canContinue && size > 0 ? utimes(part, 0, 0) : rm(part, { force: true });
  await done.catch(() => {});
}
