import { norm, weightedSum } from "../../math/matrix.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { NO_LOSSES } from "../gramian/_gramian_method.ts";
import { jacobianMethod } from "./_jacobian_method.ts";
import { rowMemory, type SavedRows } from "./_row_memory.ts";

/** Settings of {@linkcode dbMtl}. */
export interface DbMtlOptions {
  /** Weight of the old average. Default 0.9. */
  readonly beta?: number;
  /** The weight falls like `step^-sigma`. Default 0. */
  readonly sigma?: number;
}

/** Added to a loss before its logarithm. */
const TINY = 1e-8;

/**
 * Dual-balancing (DB-MTL): gradients of the log losses, averaged over the steps, all brought to the
 * length of the longest.
 *
 * With `h_i = g_i / (L_i + 1e-8)` and `y_i <- h_i + beta / step^sigma (y_i - h_i)` from 0, the update
 * is `sum_i max_j |y_j| / |y_i| y_i`. Heads descend on the log losses too. Keeps one average a task,
 * as long as the gradient. Called without losses it takes them as 1, and the report says so.
 *
 * Lin et al., "Dual-Balancing for Multi-Task Learning", 2023, arXiv 2308.12029.
 */
export function dbMtl(options: DbMtlOptions = {}): JacobianBalancer {
  const { beta = 0.9, sigma = 0 } = options;
  if (!(beta >= 0 && beta < 1)) {
    throw new RangeError(`beta must be at least 0 and below 1, but is ${beta}.`);
  }
  const averages = rowMemory();
  let step = 0;
  return jacobianMethod({
    name: "db-mtl",
    configuration: { beta, sigma },
    combine(jacobian, { present, losses }) {
      step++;
      const kept = beta / step ** sigma;
      const factors = present.map((_, i) => 1 / ((losses?.[i] ?? 1 - TINY) + TINY));
      const rows = present.map((task, i) => {
        const row = averages.row(task, jacobian[i].length);
        for (let column = 0; column < row.length; column++) {
          const fresh = factors[i] * jacobian[i][column];
          row[column] = fresh + kept * (row[column] - fresh);
        }
        return row;
      });
      const lengths = rows.map(norm);
      const longest = Math.max(...lengths);
      const weights = lengths.map((length) => length > 0 ? longest / length : 0);
      return {
        update: weightedSum(rows, weights),
        weights,
        headWeights: factors,
        notes: losses ? [] : [NO_LOSSES],
      };
    },
    state: () => ({ averages: averages.save(), step }),
    restore(state) {
      averages.load(state.averages as SavedRows);
      step = state.step as number;
    },
    reset() {
      averages.load([]);
      step = 0;
    },
  });
}
