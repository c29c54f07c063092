import * as tf from "@tensorflow/tfjs";
import { softmax } from "../../math/softmax.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, type LossStep, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode stch}. */
export interface StchOptions {
  /** Smoothing `mu`, above 0; the smaller, the closer to the largest term. Default 0.1. */
  readonly smoothing?: number;
  /** Importance of each task. Default 1/K each. */
  readonly preference?: readonly number[];
  /** Ideal losses that are subtracted. Default 0. */
  readonly reference?: readonly number[];
  /**
   * Work on `log(L_i / nadir_i)` instead of `L_i`, where the nadir is the mean loss of the last of
   * so many epochs, in which the losses are added; the value is multiplied by K. Default: off.
   */
  readonly warmUpEpochs?: number;
}

/**
 * Smooth Tchebycheff scalarization (STCH): a smooth form of the largest weighted loss,
 * `mu log sum exp(preference_i (L_i - reference_i) / mu)`.
 *
 * Its minimisers reach every point of the Pareto front, also where it is not convex.
 *
 * Lin et al., "Smooth Tchebycheff Scalarization for Multi-Objective Optimization", ICML 2024, arXiv
 * 2402.19078. The authors' multi-task code uses `warmUpEpochs: 4` and `smoothing: 1`.
 */
export function stch(options: StchOptions = {}): LossBalancer {
  const { smoothing = 0.1, preference, reference, warmUpEpochs } = options;
  if (!(smoothing > 0)) throw new RangeError(`smoothing must be above 0, but is ${smoothing}.`);
  let epoch = 0;
  let nadir: (number | null)[] | undefined;
  const warming = () => warmUpEpochs !== undefined && epoch < warmUpEpochs;
  const preferenceOf = ({ present }: LossStep) =>
    present.map((task) => preference ? preference[task] : 1 / present.length);
  const nadirOf = (task: number) => nadir?.[task] ?? 1;
  return lossMethod({
    name: "stch",
    configuration: { smoothing, preference, reference, warmUpEpochs },
    perTask: { preference, reference },
    combine(losses, step) {
      if (warming()) return weightedLoss(losses, losses.map(() => 1));
      const shares = preferenceOf(step);
      const terms = losses.map((loss, i) => {
        const task = step.present[i];
        const shifted = loss.sub(reference?.[task] ?? 0);
        return (nadir ? shifted.div(nadirOf(task)).log() : shifted).mul(shares[i]);
      });
      const value = smoothMaximum(tf.stack(terms) as tf.Tensor1D, smoothing);
      return nadir ? value.mul(losses.length) : value;
    },
    weights(losses, step) {
      if (warming()) return losses.map(() => 1);
      const shares = preferenceOf(step);
      const shifted = losses.map((loss, i) => loss - (reference?.[step.present[i]] ?? 0));
      const terms = shifted.map((loss, i) =>
        shares[i] * (nadir ? Math.log(loss / nadirOf(step.present[i])) : loss)
      );
      return softmax(terms.map((term) => term / smoothing)).map((share, i) =>
        share * shares[i] * (nadir ? losses.length / shifted[i] : 1)
      );
    },
    refuse: (loss) =>
      nadir && reference === undefined && !(loss > 0)
        ? "After its warm-up smooth Tchebycheff takes logarithms of losses above 0"
        : undefined,
    epochEnd(meanLosses) {
      epoch++;
      if (epoch !== warmUpEpochs) return;
      nadir = meanLosses.map((loss) => Number.isFinite(loss) ? loss : null);
    },
    state: () => ({ epoch, nadir: nadir ?? null }),
    restore(state) {
      epoch = state.epoch as number;
      nadir = (state.nadir as (number | null)[] | null) ?? undefined;
    },
    reset() {
      epoch = 0;
      nadir = undefined;
    },
  });
}

/** `mu log sum exp(x / mu)`; the largest entry is taken out first, so that nothing overflows. */
function smoothMaximum(terms: tf.Tensor1D, smoothing: number): tf.Scalar {
  const largest = terms.max();
  const spread = terms.sub(largest).div(smoothing).exp().sum().log().mul(smoothing);
  return spread.add(largest);
}
