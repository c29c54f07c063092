import process from "node:process";
import type { MimeBundle } from "./displayable.ts";
import { type KernelDisplay, kernelDisplay } from "./_kernel.ts";

/** A place where one output is shown and replaced. */
export interface LiveSink {
  /** Least time between two writes, in ms. */
  readonly interval: number;
  /** Time before the first write, in ms: short work leaves no trace in a log. */
  readonly delay: number;
  write(bundle: MimeBundle, final: boolean): Promise<void> | void;
}

/** One output of a notebook cell, replaced in place about four times a second. */
function kernelSink(kernel: KernelDisplay): LiveSink {
  // Random, because outputs of an earlier kernel may still be on the page.
  const id = crypto.randomUUID();
  let shown = false;
  return {
    interval: 250,
    delay: 0,
    async write(bundle) {
      const update = shown;
      shown = true;
      await kernel.displayInPlace(bundle, id, update);
    },
  };
}

/** First line of a text. */
function oneLine(bundle: MimeBundle): string {
  return bundle["text/plain"].split("\n", 1)[0];
}

/** One line of a terminal, rewritten. */
function terminalSink(stream: NodeJS.WriteStream): LiveSink {
  return {
    interval: 120,
    delay: 0,
    write(bundle, final) {
      const line = [...oneLine(bundle)].slice(0, (stream.columns || 80) - 1).join("");
      // Carriage return, text, erase to the end of the line.
      stream.write(`\r${line}\u001b[K${final ? "\n" : ""}`);
    },
  };
}

/** A log: a line every few seconds. */
function logSink(): LiveSink {
  return {
    interval: 5000,
    delay: 5000,
    write: (bundle) => console.error(oneLine(bundle)),
  };
}

/** Where live output goes in this program. */
export function defaultSink(): LiveSink {
  const kernel = kernelDisplay();
  if (kernel) return kernelSink(kernel);
  return process.stderr.isTTY ? terminalSink(process.stderr) : logSink();
}

/**
 * An output that changes while work goes on. Writes at most as often as its sink allows; the last
 * state is always written, after all earlier ones.
 */
export class LiveOutput {
  readonly #sink: LiveSink;
  readonly #now: () => number;
  readonly #started: number;
  #last: number | undefined;
  #pending: Promise<void> | undefined;

  constructor(sink: LiveSink = defaultSink(), now: () => number = () => performance.now()) {
    this.#sink = sink;
    this.#now = now;
    this.#started = now();
  }

  /** Milliseconds since this output was made. */
  get elapsed(): number {
    return this.#now() - this.#started;
  }

  /** Shows a state, unless the one before is too recent: then nothing happens. */
  update(render: () => MimeBundle): Promise<void> | undefined {
    const due = this.#last === undefined ? this.#sink.delay : this.#last + this.#sink.interval;
    if (this.#pending || this.elapsed < due) return undefined;
    return this.#write(render(), false);
  }

  /** Shows the last state; nothing when work was too short for the log to show any. */
  async finish(render: () => MimeBundle): Promise<void> {
    await this.#pending;
    if (this.#last === undefined && this.elapsed < this.#sink.delay) return;
    await this.#write(render(), true);
  }

  async #write(bundle: MimeBundle, final: boolean): Promise<void> {
    this.#last = this.elapsed;
    const writing = Promise.resolve(this.#sink.write(bundle, final));
    this.#pending = writing;
    try {
      await writing;
    } finally {
      this.#pending = undefined;
    }
  }
}
