/** What the tools say and how they end: one sentence to a person, never a stack trace. */

/** A failure that the user can act on; its message is the whole sentence. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Prints why a tool failed and ends the process with 1; for `main().catch(fail)`. */
export function fail(error: unknown): never {
  if (error instanceof UserError) console.error(error.message);
  else console.error(error);
  Deno.exit(1);
}

/** A duration for people: `0.4 s`, `38 s`, `2 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/**
 * One line that tells what is going on: rewritten in place on a terminal, and in a log printed
 * only when a step takes longer than two seconds, and once more when it ends.
 */
export class StatusLine {
  readonly #terminal = Deno.stdout.isTerminal();
  #timer?: ReturnType<typeof setInterval>;
  #text = "";
  #detail = "";
  #since = 0;
  #announced = false;

  /** Starts a step; `text` says what is being done. */
  start(text: string): void {
    this.stop();
    [this.#text, this.#detail, this.#announced] = [text, "", false];
    this.#since = performance.now();
    if (this.#terminal) {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), 250);
    } else {
      this.#timer = setInterval(() => {
        if (!this.#announced) console.log(`${this.#text} ...`);
        this.#announced = true;
      }, 2000);
    }
  }

  /** Says how far the step is; shown on a terminal only. */
  detail(text: string): void {
    this.#detail = text;
    if (this.#terminal) this.#draw();
  }

  /** Ends the step; prints `text` as a lasting line if one is given. */
  stop(text?: string): void {
    clearInterval(this.#timer);
    if (this.#terminal && this.#text !== "") write("\r\x1b[K");
    this.#text = "";
    if (text !== undefined) console.log(text);
  }

  /** Seconds since the step began. */
  get seconds(): number {
    return (performance.now() - this.#since) / 1000;
  }

  #draw(): void {
    const width = Deno.consoleSize().columns;
    const parts = [this.#text, this.#detail, duration(this.seconds)].filter((part) => part !== "");
    write(`\r\x1b[K${parts.join(" · ").slice(0, width - 1)}`);
  }
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
