/** Something is wrong with a data file or with getting it. */
export class DataError extends Error {
  override name = "DataError";
}

/** A data set is neither in the cache nor in a mirror, and none of its addresses gave it. */
export class DataUnavailableError extends DataError {
  override name = "DataUnavailableError";
}

/** A file has other bytes than the catalogue says. */
export class ChecksumError extends DataError {
  override name = "ChecksumError";
  constructor(
    message: string,
    /** SHA-256 that the catalogue names, in hexadecimal. */
    readonly expected: string,
    /** SHA-256 of what was there. */
    readonly found: string,
  ) {
    super(message);
  }
}

/** A file's bytes break the rules of its format. */
export class DataFormatError extends DataError {
  override name = "DataFormatError";
  constructor(
    /** The file, as a user would recognise it. */
    readonly file: string,
    /** Byte (or, for text formats, line) where reading stopped making sense. */
    readonly at: number,
    problem: string,
    unit: "byte" | "line" = "byte",
  ) {
    super(`${file}, ${unit} ${at}: ${problem}`);
  }
}
