import type { JacobianBalancer } from "../balancer.ts";
import { jacobianMethod } from "./_jacobian_method.ts";

/** Settings of {@linkcode trimmedMean}. */
export interface TrimmedMeanOptions {
  /**
   * How many of the largest and of the smallest entries are left out in every coordinate. Default 1,
   * or 0 when fewer than 3 tasks are present.
   */
  readonly trim?: number;
}

/**
 * The mean of the gradients in every coordinate without its largest and smallest entries, so that a
 * few wild gradients have no say.
 *
 * Yin et al., "Byzantine-Robust Distributed Learning", ICML 2018, arXiv 1803.01498.
 */
export function trimmedMean(options: TrimmedMeanOptions = {}): JacobianBalancer {
  const { trim } = options;
  return jacobianMethod({
    name: "trimmed-mean",
    configuration: { trim },
    combine(jacobian) {
      const count = jacobian.length;
      const cut = trim ?? (count > 2 ? 1 : 0);
      if (!Number.isInteger(cut) || cut < 0 || count <= 2 * cut) {
        throw new RangeError(
          `trimmedMean with trim ${cut} needs more than ${
            2 * cut
          } tasks, but ${count} are present.`,
        );
      }
      const entries = new Float64Array(count);
      const update = Array.from({ length: jacobian[0].length }, (_, column) => {
        // By insertion: there are few tasks, and many columns.
        for (let task = 0; task < count; task++) {
          const entry = jacobian[task][column];
          let rank = task;
          for (; rank > 0 && entries[rank - 1] > entry; rank--) entries[rank] = entries[rank - 1];
          entries[rank] = entry;
        }
        let sum = 0;
        for (let rank = cut; rank < count - cut; rank++) sum += entries[rank];
        return sum / (count - 2 * cut);
      });
      return { update };
    },
  });
}
