import type { MimeBundle } from "./displayable.ts";
import { LiveOutput } from "./_live.ts";
import { element, escapeText } from "./_markup.ts";
import { formatNumber } from "./_numbers.ts";

/** Settings of {@linkcode progress}. */
export interface ProgressOptions {
  /** How many steps make the whole. */
  readonly total: number;
  /** What is going on: `"fetching MNIST"`. */
  readonly label?: string;
}

/** How far some work is. */
export interface ProgressState {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** Milliseconds so far. */
  readonly elapsed: number;
  readonly note?: string;
  /** Whether no more is to come. */
  readonly finished: boolean;
}

/** Milliseconds as `0.8 s`, `12 s`, `3:05` or `1:02:03`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (part: number) => String(part).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** How far the work is and how long it takes, in words. */
export function progressText(state: ProgressState): string {
  const { done, total, elapsed, note, finished } = state;
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const counts = `${formatNumber(done)} of ${formatNumber(total)}`;
  const parts: string[] = [];
  if (finished) {
    const how = done < total ? `stopped at ${counts} after` : `${counts} in`;
    parts.push(`${how} ${formatDuration(elapsed)}`);
  } else {
    parts.push(`${counts} (${Math.floor(share * 100)} %)`, formatDuration(elapsed));
    // The first steps say little about the others.
    if (share > 0 && share < 1 && elapsed >= 500) {
      parts.push(`about ${formatDuration(elapsed * (1 / share - 1))} left`);
    }
  }
  if (note) parts.push(note);
  return `${state.label ? `${state.label}: ` : ""}${parts.join(", ")}`;
}

/** The state as a bar with its text. */
export function progressHtml(state: ProgressState): string {
  const { done, total } = state;
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 1;
  const text = progressText(state);
  // Inline styles only: a rule set would be sent again with every update.
  const bar = element(
    "div",
    {
      role: "progressbar",
      "aria-label": state.label || "progress",
      "aria-valuemin": 0,
      "aria-valuemax": total,
      "aria-valuenow": Math.min(done, total),
      "aria-valuetext": text,
      style: "height:6px;max-width:500px;border-radius:3px;overflow:hidden;" +
        "background:rgba(125,125,133,.25)",
    },
    element("div", {
      style: `height:100%;width:${(share * 100).toFixed(1)}%;border-radius:3px;background:` +
        (state.finished && done < total ? "#d1690e" : "#3f7fd0"),
    }, ""),
  );
  const line = element(
    "div",
    { style: "font-size:.9em;margin-top:4px;font-variant-numeric:tabular-nums" },
    escapeText(text),
  );
  return element("div", { class: "pt-output", style: "margin:.3em 0" }, bar + line);
}

function progressBundle(state: ProgressState): MimeBundle {
  return { "text/html": progressHtml(state), "text/plain": progressText(state) };
}

/** A progress bar; made by {@linkcode progress}. */
export class ProgressBar implements AsyncDisposable {
  readonly #label: string;
  readonly #total: number;
  readonly #output: LiveOutput;
  #done = 0;
  #note: string | undefined;
  #finished = false;

  /** A bar in the output of the cell that runs. */
  constructor(options: ProgressOptions, output: LiveOutput = new LiveOutput()) {
    if (!(options.total >= 0 && Number.isFinite(options.total))) {
      throw new RangeError(
        `Expected the total of a progress bar to be a number of at least 0 but found ${options.total}`,
      );
    }
    this.#label = options.label ?? "";
    this.#total = options.total;
    this.#output = output;
  }

  #state(): ProgressState {
    return {
      label: this.#label,
      done: this.#done,
      total: this.#total,
      elapsed: this.#output.elapsed,
      note: this.#note,
      finished: this.#finished,
    };
  }

  /**
   * Says that `done` steps are done, with an optional note (`"loss 0.31"`). Await it: a notebook
   * shows nothing while a cell never waits. Costs next to nothing when nothing is to be shown yet.
   */
  async update(done: number, note?: string): Promise<void> {
    if (this.#finished) return;
    this.#done = done;
    if (note !== undefined) this.#note = note;
    await this.#output.update(() => progressBundle(this.#state()));
  }

  /** Shows the last state. Fewer steps than the total are shown as stopped early. */
  async done(note?: string): Promise<void> {
    if (this.#finished) return;
    if (note !== undefined) this.#note = note;
    this.#finished = true;
    await this.#output.finish(() => progressBundle(this.#state()));
  }

  /** Same as {@linkcode done}: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.done();
  }
}

/**
 * A progress bar: in a notebook one output that changes in place, in a terminal one line, in a log
 * a line every few seconds (on standard error).
 *
 * @example
 * ```ts
 * import { progress } from "polytask";
 * const bar = progress({ total: 200, label: "sweep" });
 * for (let step = 1; step <= 200; step++) await bar.update(step);
 * await bar.done();
 * ```
 *
 * @throws {RangeError} If the total is below zero or not finite.
 */
export function progress(options: ProgressOptions): ProgressBar {
  return new ProgressBar(options);
}
