import process from "node:process";

/**
 * Watches for an interrupt (Ctrl+C, the stop button of a notebook) while something runs, so that it
 * can end at a good place and the process, or the kernel, lives on. What begins within a watch that
 * saw one is interrupted too: the second training of a run that was stopped in the first.
 * A second interrupt is left to the runtime.
 */
export class InterruptWatch {
  static readonly #running = new Set<InterruptWatch>();
  #requested: boolean;
  readonly #listener = () => {
    this.#requested = true;
    this.#unhook();
  };

  constructor() {
    this.#requested = [...InterruptWatch.#running].some((outer) => outer.requested);
    InterruptWatch.#running.add(this);
    if (!this.#requested) process.on("SIGINT", this.#listener);
  }

  /** Whether an interrupt came. */
  get requested(): boolean {
    return this.#requested;
  }

  /** Ends the watch. */
  stop(): void {
    InterruptWatch.#running.delete(this);
    this.#unhook();
  }

  #unhook(): void {
    process.off("SIGINT", this.#listener);
  }
}

const pauseEvery = 40;

/** Lets signals, timers and displays of the event loop run now and then (every 40 ms). */
export class Breather {
  #last = performance.now();

  async breathe(): Promise<void> {
    if (performance.now() - this.#last < pauseEvery) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#last = performance.now();
  }
}
