import type { History } from "./history.ts";

/**
 * Training that could not go on because a loss, or a weight, was no longer a number. What was measured
 * until then is in {@linkcode history}: the steps show which task's loss grew, and from when.
 *
 * ```ts
 * import { TrainingError } from "polytask";
 * const stepsOf = (error: unknown) =>
 *   error instanceof TrainingError ? error.history.steps.length : undefined;
 * console.log(stepsOf(new Error("another"))); // undefined
 * ```
 */
export class TrainingError extends Error {
  /** `"TrainingError"`. */
  override readonly name = "TrainingError";
  /** Everything that was measured before; `stopped` is `"not a number"`. */
  readonly history: History;

  /** An error that carries what was measured; `fit` makes it. */
  constructor(message: string, history: History, options?: ErrorOptions) {
    super(message, options);
    this.history = history;
  }
}
