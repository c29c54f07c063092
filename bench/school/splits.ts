import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LinearData } from "../../lib/linear/mod.ts";
import { ensurePython, python } from "../_python.ts";

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

async function numpyRows(
  question: { sizes: number[]; share: number; seed: number },
): Promise<number[][]> {
  await ensurePython();
  const script = fileURLToPath(new URL("./splits.py", import.meta.url));
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(question));
  let answer = "";
  for await (const text of child.stdout.setEncoding("utf8")) answer += text;
  try {
    return JSON.parse(answer);
  } catch {
    throw new Error("NumPy gave no splits: see its message above.");
  }
}
