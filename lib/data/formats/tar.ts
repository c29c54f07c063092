import { printable } from "../_printable.ts";
import { DataFormatError } from "../errors.ts";

/** Options of {@linkcode parseTar}. */
export interface TarOptions {
  /** Name of the archive for messages. Default `"tar archive"`. */
  readonly file?: string;
  /** Most members that are read. Default 100,000. */
  readonly maximumMembers?: number;
}

const BLOCK = 512;
const text = new TextDecoder();

/**
 * The regular files of a tar archive by name, in order (ustar, and the long names of GNU tar and
 * of pax). Members are views of `bytes`; nothing is written anywhere. Folders and pax headers are
 * passed over; links, devices and names that lead out of the archive (`/x`, `../x`) are refused.
 *
 * Source: POSIX.1-2017, pax, "ustar Interchange Format".
 *
 * @throws {DataFormatError} When a header is damaged, a member is cut short, a name is refused or
 * comes twice.
 */
export function parseTar(bytes: Uint8Array, options: TarOptions = {}): Map<string, Uint8Array> {
  const { file = "tar archive", maximumMembers = 100_000 } = options;
  const members = new Map<string, Uint8Array>();
  let longName: string | undefined;
  let at = 0;
  while (true) {
    if (at + BLOCK > bytes.length) {
      throw new DataFormatError(
        file,
        at,
        "the archive ends without its end mark; it is cut short.",
      );
    }
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return members;
    checkHeader(header, file, at);
    const size = octal(header, 124, 12, file, at);
    const start = at + BLOCK;
    if (start + size > bytes.length) {
      throw new DataFormatError(
        file,
        start,
        `a member of ${size} bytes begins here, but only ${bytes.length - start} bytes are left.`,
      );
    }
    const content = bytes.subarray(start, start + size);
    const type = String.fromCharCode(header[156]);
    if (type === "L") {
      longName = field(content, 0, size);
    } else if (type === "x") {
      longName = paxPath(content, file, start) ?? longName;
    } else if (type === "0" || type === "\0") {
      const name = longName ?? shortName(header);
      checkName(name, file, at);
      if (members.has(name)) {
        throw new DataFormatError(file, at, `the member "${name}" comes twice.`);
      }
      if (members.size >= maximumMembers) {
        throw new DataFormatError(file, at, `there are more than ${maximumMembers} members.`);
      }
      members.set(name, content);
      longName = undefined;
    } else if (type === "5") {
      checkName(longName ?? shortName(header), file, at);
      longName = undefined;
    } else if (type !== "g") {
      throw new DataFormatError(
        file,
        at,
        `the member "${longName ?? shortName(header)}" is of type "${
          printable(type)
        }"; only files and folders are read.`,
      );
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** The header's checksum: the sum of its bytes with the checksum field taken as spaces. */
function checkHeader(header: Uint8Array, file: string, at: number): void {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++) {
    sum += index >= 148 && index < 156 ? 32 : header[index];
  }
  const stated = octal(header, 148, 8, file, at);
  if (sum !== stated) {
    throw new DataFormatError(
      file,
      at,
      `no tar header here: its checksum should be ${sum}, but is ${stated}.`,
    );
  }
}

function octal(header: Uint8Array, from: number, length: number, file: string, at: number): number {
  const digits = field(header, from, length).trim();
  if (!/^[0-7]{1,12}$/.test(digits)) {
    throw new DataFormatError(
      file,
      at + from,
      `expected an octal number, found "${printable(digits)}".`,
    );
  }
  return Number.parseInt(digits, 8);
}

function shortName(header: Uint8Array): string {
  const name = field(header, 0, 100);
  const prefix = field(header, 257, 5) === "ustar" && header[262] === 0
    ? field(header, 345, 155)
    : "";
  return prefix ? `${prefix}/${name}` : name;
}

/** The `path` record of a pax header: lines of "length key=value". */
function paxPath(content: Uint8Array, file: string, at: number): string | undefined {
  let from = 0;
  let path: string | undefined;
  while (from < content.length) {
    const space = content.indexOf(32, from);
    const digits = space < 0 ? "" : text.decode(content.subarray(from, space));
    const end = from + Number(digits);
    if (!/^[0-9]{1,9}$/.test(digits) || end > content.length || end <= space) {
      throw new DataFormatError(file, at + from, "a pax record has no right length.");
    }
    const record = text.decode(content.subarray(space + 1, end - 1));
    if (record.startsWith("path=")) path = record.slice(5);
    from = end;
  }
  return path;
}

function checkName(name: string, file: string, at: number): void {
  const parts = name.split(/[\\/]/);
  if (name === "" || /^([\\/]|[A-Za-z]:)/.test(name) || parts.includes("..")) {
    throw new DataFormatError(
      file,
      at,
      `the member name "${printable(name)}" leads out of the archive and is refused.`,
    );
  }
}

function field(bytes: Uint8Array, from: number, length: number): string {
  const whole = bytes.subarray(from, from + length);
  const end = whole.indexOf(0);
  return text.decode(end < 0 ? whole : whole.subarray(0, end));
}
