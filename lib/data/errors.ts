/** Something is wrong with a data file or with getting it. */
export class DataError extends Error {
  /** Name of the class, for messages. */
  override name = "DataError";
}

/** A data set is neither in the cache nor in a mirror, and none of its addresses gave it. */
export class DataUnavailableError extends DataError {
  /** Name of the class, for messages. */
  override name = "DataUnavailableError";
}

/** A file has other bytes than the catalogue says. */
export class ChecksumError extends DataError {
  /** Name of the class, for messages. */
  override name = "ChecksumError";
  /** An error that keeps both sums. */
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
  /** Name of the class, for messages. */
  override name = "DataFormatError";
  /**
   * An error whose message says file, place and problem. `unit` is what `at` counts; default
   * `"byte"`.
   */
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
