import type { LinearData } from "../../lib/linear/mod.ts";
import { Peer, pythonProgram } from "../_peer.ts";

/** Where the training rows of a split come from. */
export type SplitSource = "reference" | "own";

/** A split of every task's rows. */
export interface Split {
  readonly training: LinearData;
  readonly test: LinearData;
}

/**
 * A share of the rows of every task, rounded to whole rows.
 *
 * `"reference"`: the draws of `numpy.random.default_rng(seed)`, task after task, on which the reference
 * figures were computed. `"own"`: {@linkcode LinearData.split}.
 */
export async function splitOf(
  tasks: LinearData,
  share: number,
  seed: number,
  source: SplitSource,
): Promise<Split> {
  if (source === "own") {
    const { first, rest } = tasks.split(share, seed);
    return { training: first, test: rest };
  }
  const sizes = tasks.tasks.map(({ targets }) => targets.length);
  const rows = await numpyRows({ sizes, share, seed });
  return {
    training: tasks.subset(rows),
    test: tasks.subset(sizes.map((size, k) => {
      const used = new Set(rows[k]);
      return Array.from({ length: size }, (_, row) => row).filter((row) => !used.has(row));
    })),
  };
}

interface RowsQuestion {
  readonly sizes: readonly number[];
  readonly share: number;
  readonly seed: number;
}

async function numpyRows(question: RowsQuestion): Promise<number[][]> {
  const program = await pythonProgram(new URL("./splits.py", import.meta.url));
  const numpy = new Peer<RowsQuestion, number[][]>("NumPy", program);
  try {
    return await numpy.ask(question);
  } finally {
    numpy.stop();
  }
}
