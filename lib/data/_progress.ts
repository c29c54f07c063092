/** How far a download is. */
export interface DownloadProgress {
  /** Key of the file in the catalogue. */
  readonly file: string;
  /** Address that is asked. */
  readonly url: string;
  /** Bytes so far and in all. */
  readonly received: number;
  /** Bytes of the whole download. */
  readonly bytes: number;
}

/** Is told of downloads that take longer than two seconds, at most once a second. */
export type ProgressCallback = (progress: DownloadProgress) => void;

const QUIET_MILLISECONDS = 2000;
const INTERVAL_MILLISECONDS = 1000;

/** Passes on the progress of one download, but not too soon and not too often. */
export class ProgressReporter {
  #next = performance.now() + QUIET_MILLISECONDS;

  constructor(
    readonly file: string,
    readonly url: string,
    readonly callback: ProgressCallback,
  ) {}

  received(received: number, bytes: number): void {
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + INTERVAL_MILLISECONDS;
    this.callback({ file: this.file, url: this.url, received, bytes });
  }
}

/** Writes a line to the error output. */
export function printProgress({ file, received, bytes }: DownloadProgress): void {
  const megabytes = (count: number) => (count / 1e6).toFixed(1);
  console.error(`Downloading ${file}: ${megabytes(received)} of ${megabytes(bytes)} MB`);
}
