import { softmax } from "../../math/softmax.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode dwa}. */
export interface DwaOptions {
  /** Evens out the weights; above 0. Default 2. */
  readonly temperature?: number;
}

/**
 * Dynamic weight average (DWA): more weight for tasks whose loss fell least from one epoch to the
 * next.
 *
 * `w = K softmax(rate / temperature)`, where the rate is the last epoch's mean loss divided by the
 * one before. Weights sum to K; they are 1 in the first two epochs. A rate that cannot be computed
 * (a loss of 0, a task without labels in an epoch) counts as 1, and the report says so.
 *
 * Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019, arXiv
 * 1803.10704.
 */
export function dwa(options: DwaOptions = {}): LossBalancer {
  const { temperature = 2 } = options;
  if (!(temperature > 0)) {
    throw new RangeError(`temperature must be above 0, but is ${temperature}.`);
  }
  /** Mean losses of the last two epochs, `null` where they are no number. */
  let epochs: (number | null)[][] = [];
  let weights: number[] | undefined;
  let unknown = false;
  const update = () => {
    const [before, last] = epochs;
    if (!last) {
      weights = undefined;
      return;
    }
    const rates = last.map((loss, task) => loss === null ? NaN : loss / (before[task] ?? NaN));
    unknown = !rates.every(Number.isFinite);
    weights = dwaWeights(rates.map((rate) => Number.isFinite(rate) ? rate : 1), temperature);
  };
  const weigh = (present: readonly number[]) => present.map((task) => weights?.[task] ?? 1);
  return lossMethod({
    name: "dwa",
    configuration: { temperature },
    combine: (losses, { present }) => weightedLoss(losses, weigh(present)),
    weights: (_, { present }) => weigh(present),
    epochEnd(meanLosses) {
      epochs = [...epochs, meanLosses.map((loss) => Number.isFinite(loss) ? loss : null)].slice(-2);
      update();
    },
    notes: () => unknown ? ["a rate of DWA is unknown and counts as 1"] : [],
    state: () => ({ epochs: epochs.map((losses) => [...losses]) }),
    restore(state) {
      epochs = (state.epochs as (number | null)[][]).map((losses) => [...losses]);
      update();
    },
    reset() {
      epochs = [];
      weights = undefined;
      unknown = false;
    },
  });
}

/** DWA's weights for given rates of fall. */
export function dwaWeights(rates: readonly number[], temperature = 2): number[] {
  return softmax(rates.map((rate) => rate / temperature)).map((share) => share * rates.length);
}
