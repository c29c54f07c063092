import type * as tf from "@tensorflow/tfjs";
import { keepGradients, KeptGradients } from "../gradients/mod.ts";
import { pairUp, type Recorded, weightedBackward } from "./_update_parts.ts";
import type { GradientSource } from "./balancer.ts";
import type { UpdateRequest } from "./update.ts";

/** The gradients that tasks are compared by, from one backward pass a task. */
export interface Compared {
  readonly kept: KeptGradients;
  /** The gradients of the tasks' own variables. */
  readonly own: (tf.Tensor | null)[][];
  /** The gradients of all shared variables for weights of the tasks. */
  shared(weights: readonly number[]): Map<tf.Variable, tf.Tensor>;
  /** Frees what is kept; not `own`. */
  dispose(): void;
}

/**
 * One backward pass a task: its gradients by what the tasks are compared by, and by its own
 * variables.
 *
 * @param who Asks, for the error.
 * @throws {Error} When there is no representation, or no last shared layer.
 */
export function compare(
  on: boolean | GradientSource | undefined,
  who: string,
  request: UpdateRequest,
  recorded: Recorded,
): Compared {
  const { shared, own, lastLayer } = request;
  const { tape, losses, representation } = recorded;
  const through = (source: readonly tf.Tensor[]) => keepGradients(tape, losses, source, own);
  /** From the representation, where weighted gradients arrive, through the shared part. */
  const onThrough = (kept: KeptGradients, weights: readonly number[]) => {
    const [combined] = kept.weighted(weights);
    const found = tape.gradients(representation!, shared, combined);
    combined.dispose();
    return pairUp(shared, found);
  };
  switch (on) {
    case "representation": {
      if (!representation) {
        throw new Error(
          `${who} works on the representation, but this architecture has no single one; use on: "shared".`,
        );
      }
      const each = through([representation]);
      return {
        ...each,
        shared: (weights) => onThrough(each.kept, weights),
        dispose: () => each.kept.dispose(),
      };
    }
    case "last layer": {
      if (!lastLayer || lastLayer.length === 0) {
        throw new Error(
          `${who} works on the last shared layer, but was not told which it is; give lastLayer or use on: "shared".`,
        );
      }
      if (!representation) {
        const each = through(lastLayer);
        return {
          ...each,
          shared: (weights) => weightedBackward(recorded, weights, shared),
          dispose: () => each.kept.dispose(),
        };
      }
      // What comes back through the heads is kept for the way on.
      const each = keepGradients(tape, losses, lastLayer, own.map((o) => [...o, representation]));
      const back = new KeptGradients(each.own.map((found) => [found.at(-1)!]), [representation]);
      return {
        kept: each.kept,
        own: each.own.map((found) => found.slice(0, -1)),
        shared: (weights) => onThrough(back, weights),
        dispose() {
          each.kept.dispose();
          back.dispose();
        },
      };
    }
    default: {
      const each = through(shared);
      return {
        ...each,
        shared: (weights) => pairUp(shared, each.kept.weighted(weights)),
        dispose: () => each.kept.dispose(),
      };
    }
  }
}
