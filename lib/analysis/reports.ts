import type { History } from "../training/mod.ts";

/** Steps in which a balancer had the same kind of thing to say. */
export interface ReportedKind {
  /** What the notes begin with, up to a colon: `"stationary"`, `"not converged"`, `"clipped"`. */
  readonly kind: string;
  /** The first of these notes, whole. */
  readonly example: string;
  /** The steps, rising, each once. */
  readonly steps: readonly number[];
}

/** What a balancer said about its steps. Made by {@linkcode balancerReports}. */
export interface BalancerReports {
  /** Numbers of all steps. */
  readonly steps: readonly number[];
  /** The steps with nothing to report. */
  readonly silent: readonly number[];
  /** Kinds of notes, in the order in which they first came. */
  readonly kinds: readonly ReportedKind[];
}

/**
 * What the balancer of a run reported, sorted by kind: where it was stationary, did not converge,
 * clipped. A note's kind is its text up to the first colon or semicolon.
 *
 * @example
 * ```ts
 * import { balancerReports, History } from "polytask";
 * const history = new History({
 *   run: { seed: 0, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
 *   tasks: ["a"],
 *   epochs: [],
 *   steps: [
 *     { step: 1, epoch: 1, losses: { a: 1 } },
 *     { step: 2, epoch: 1, losses: { a: 1 }, notes: ["clipped: the update had length 2"] },
 *   ],
 *   stopped: "finished",
 * });
 * const { silent, kinds } = balancerReports(history);
 * if (silent.length !== 1 || kinds[0].kind !== "clipped") throw new Error("not sorted");
 * ```
 */
export function balancerReports(history: Pick<History, "steps">): BalancerReports {
  const kinds = new Map<string, { example: string; steps: number[] }>();
  for (const { step, notes = [] } of history.steps) {
    for (const note of notes) {
      const kind = note.split(/[:;]/, 1)[0].trim();
      const known = kinds.get(kind) ?? { example: note, steps: [] };
      if (known.steps.at(-1) !== step) known.steps.push(step);
      kinds.set(kind, known);
    }
  }
  return {
    steps: history.steps.map(({ step }) => step),
    silent: history.steps.filter(({ notes }) => !notes?.length).map(({ step }) => step),
    kinds: [...kinds].map(([kind, found]) => ({ kind, ...found })),
  };
}
