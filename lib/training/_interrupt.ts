import process from "node:process";

/**
 * Watches for an interrupt (Ctrl+C, the stop button of a notebook) while training runs, so that
 * training can end at a step and the process, or the kernel, lives on.
 * A second interrupt is left to the runtime.
 */
export class InterruptWatch {
  #requested = false;
  readonly #listener = () => {
    this.#requested = true;
    this.stop();
  };

  constructor() {
    process.on("SIGINT", this.#listener);
  }

  /** Whether an interrupt came. */
  get requested(): boolean {
    return this.#requested;
  }

  /** Ends the watch. */
  stop(): void {
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
