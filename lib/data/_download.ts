import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ChecksumError, DataError } from "./errors.ts";
import type { ProgressReporter } from "./_progress.ts";

/** What a download must turn out to be. */
export interface Expected {
  readonly bytes?: number;
  readonly sha256?: string;
  /** Most bytes to accept where `bytes` is not known. */
  readonly maximumBytes: number;
}

/** How a download is done. */
export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /**
   * Give up on an address that sends nothing for so long. Default 30,000, and 15,000 until its first
   * answer, so that a network that swallows everything does not hold up what can do without.
   */
  readonly stallMilliseconds?: number;
  readonly progress?: ProgressReporter;
}

const STALL_MILLISECONDS = 30_000;
const ANSWER_MILLISECONDS = 15_000;

/** An address did not give the file; another one may. */
export class AddressError extends DataError {
  override name = "AddressError";
}

/** The connection ended before the file did; what came is kept and can be continued. */
export class CutShortError extends AddressError {
  override name = "CutShortError";
}

/**
 * Downloads `url` into the file `part`, going on behind the bytes it already holds. When this
 * returns, `part` is complete, has the expected size and checksum, and is on the disk.
 *
 * @throws {AddressError} When the address does not give the file. @throws {ChecksumError} When it
 * gives other bytes (`part` is emptied). @throws {DataError} When the disk refuses.
 */
export async function download(
  url: string,
  part: string,
  expected: Expected,
  options: DownloadOptions = {},
): Promise<void> {
  const limit = expected.bytes ?? expected.maximumBytes;
  const file = await onDisk(part, () => open(part, "a+"));
  try {
    let have = (await file.stat()).size;
    if (have >= limit || expected.sha256 === undefined) {
      await file.truncate(0);
      have = 0;
    }
    const { response, watch } = await request(url, have, options);
    try {
      const resumed = response.status === 206;
      if (!resumed && have > 0) {
        await file.truncate(0);
        have = 0;
      }
      const hash = have > 0 ? await hashOf(part) : createHash("sha256");
      have = await receive(response, file, part, hash, have, limit, url, watch, options.progress);
      await checkReceived(file, url, hash, have, expected);
    } finally {
      watch.stop();
      await response.body?.cancel().catch(() => {});
    }
    await onDisk(part, () => file.sync());
  } finally {
    await file.close();
  }
}

async function receive(
  response: Response,
  file: FileHandle,
  part: string,
  hash: Hash,
  have: number,
  limit: number,
  url: string,
  watch: StallWatch,
  progress: ProgressReporter | undefined,
): Promise<number> {
  const reader = response.body!.getReader();
  let first = have === 0;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return have;
      watch.alive();
      if (first && looksLikeHtml(value)) throw new AddressError(htmlMessage(url));
      first = false;
      if (have + value.length > limit) {
        await file.truncate(0);
        throw new AddressError(`${url} sends more than the ${limit} bytes that the file has`);
      }
      await onDisk(part, () => file.writeFile(value), file);
      hash.update(value);
      have += value.length;
      progress?.received(have, limit);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new CutShortError(`${url} broke off after ${have} bytes (${reason(error)})`);
  } finally {
    reader.releaseLock();
  }
}

async function checkReceived(
  file: FileHandle,
  url: string,
  hash: Hash,
  have: number,
  expected: Expected,
): Promise<void> {
  if (expected.bytes !== undefined && have < expected.bytes) {
    throw new CutShortError(`${url} ended after ${have} of ${expected.bytes} bytes`);
  }
  if (expected.sha256 === undefined) return;
  const found = hash.digest("hex");
  if (found === expected.sha256) return;
  await file.truncate(0);
  throw new ChecksumError(
    `${url} gives other bytes than the catalogue names: expected SHA-256 ${expected.sha256}, ` +
      `found ${found}. Nothing was kept. Try another network, or take the file from a mirror ` +
      `(POLYTASK_DATA_MIRROR).`,
    expected.sha256,
    found,
  );
}

/** Starts a request from byte `from` on and refuses answers that cannot be the file. */
async function request(
  url: string,
  from: number,
  options: DownloadOptions,
): Promise<{ response: Response; watch: StallWatch }> {
  const { stallMilliseconds = STALL_MILLISECONDS, signal } = options;
  const watch = new StallWatch(Math.min(stallMilliseconds, ANSWER_MILLISECONDS), signal);
  let response: Response;
  try {
    response = await fetch(url, {
      signal: watch.signal,
      // Compressed on the way, a range would count other bytes than those of the file.
      headers: { "accept-encoding": "identity", ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
    });
  } catch (error) {
    watch.stop();
    throw new AddressError(`${url}: ${reason(error)}`);
  }
  const refusal = refuse(response, url, from);
  if (!refusal) {
    watch.alive(stallMilliseconds);
    return { response, watch };
  }
  watch.stop();
  await response.body?.cancel().catch(() => {});
  if (response.status === 416) return await request(url, 0, options);
  throw new AddressError(refusal);
}

function refuse(response: Response, url: string, from: number): string | undefined {
  if (!response.ok || !response.body) {
    return `${url} answers ${response.status} ${response.statusText}`.trim();
  }
  if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) return htmlMessage(url);
  const range = response.headers.get("content-range");
  if (response.status === 206 && !range?.startsWith(`bytes ${from}-`)) {
    return `${url} was asked for the bytes from ${from} on, but sends "${range}"`;
  }
  return undefined;
}

function htmlMessage(url: string): string {
  return `${url} gives a web page (HTML) instead of data; perhaps a log-in page of this network`;
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().toLowerCase();
  return start.startsWith("<!doctype html") || start.startsWith("<html");
}

/** Ends a request that has sent nothing for a while. */
class StallWatch {
  readonly #controller = new AbortController();
  #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly signal: AbortSignal;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.signal = outer
      ? AbortSignal.any([outer, this.#controller.signal])
      : this.#controller.signal;
    this.alive();
  }

  /** Something came; wait `milliseconds` (as before, when not given) for more. */
  alive(milliseconds = this.#milliseconds): void {
    this.#milliseconds = milliseconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#controller.abort(new Error(`nothing came for ${this.#milliseconds} ms`)),
      this.#milliseconds,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function hashOf(path: string): Promise<Hash> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash;
}

/** Runs a disk operation; a refusal becomes a sentence, and a full disk is given its bytes back. */
async function onDisk<Result>(
  path: string,
  operation: () => Promise<Result>,
  file?: FileHandle,
): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    await file?.truncate(0).catch(() => {});
    throw describeDiskError(error, path);
  }
}

/** A sentence for what the disk said. */
export function describeDiskError(error: unknown, path: string): DataError {
  const code = (error as { code?: string }).code ?? (error as Error).name;
  const cause = { cause: error };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new DataError(
      `The disk is full: ${path} could not be written. Make room, or set POLYTASK_DATA_CACHE to ` +
        `a folder on another disk.`,
      cause,
    );
  }
  if (["EACCES", "EPERM", "EROFS", "PermissionDenied", "NotCapable"].includes(code)) {
    return new DataError(
      `${path} may not be written (${code}). Set POLYTASK_DATA_CACHE to a folder where you may ` +
        `write, and grant the program that permission.`,
      cause,
    );
  }
  return new DataError(`${path} could not be written: ${reason(error)}.`, cause);
}

/** The plain words of an error and of what lies behind it. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.message}${cause}`;
}
