import * as tf from "@tensorflow/tfjs";
import { softmax } from "../../math/softmax.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, type LossStep } from "./_loss_method.ts";

/** Settings of {@linkcode stch}. */
export interface StchOptions {
  /** Smoothing `mu`, above 0; the smaller, the closer to the largest term. Default 0.1. */
  readonly smoothing?: number;
  /** Importance of each task. Default 1/K each, or 1 each with `warmUpEpochs`. */
  readonly preference?: readonly number[];
  /** Ideal losses that are subtracted. Default 0. */
  readonly reference?: readonly number[];
  /**
   * Work on `log(L_i / nadir_i)` instead of `L_i`, where the nadir is the mean loss of the last of
   * so many epochs, in which the logarithms of the losses are added; the value is multiplied by K.
   * Default: off.
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
 * 2402.19078. The authors' multi-task code uses `warmUpEpochs: 4` and `smoothing: 1`. Conventions:
 * the plain form has the paper's preferences, which sum to 1; with `warmUpEpochs` it is the authors'
 * `K mu log sum exp(log(L_i / nadir_i) / mu)`, without preferences, whose weights are
 * `K softmax(log(L_i / nadir_i) / mu) / L_i`. References are subtracted from the losses in both, not
 * from the nadir. The authors add 1e-20 inside of the logarithms, so that a loss of 0 multiplies its
 * gradient by 1e20; here such a loss is an error.
 */
export function stch(options: StchOptions = {}): LossBalancer {
  const { smoothing = 0.1, preference, reference, warmUpEpochs } = options;
  if (!(smoothing > 0)) throw new RangeError(`smoothing must be above 0, but is ${smoothing}.`);
  let epoch = 0;
  let nadir: (number | null)[] | undefined;
  const warming = () => warmUpEpochs !== undefined && epoch < warmUpEpochs;
  const preferenceOf = ({ present }: LossStep) =>
    present.map((task) =>
      preference ? preference[task] : warmUpEpochs === undefined ? 1 / present.length : 1
    );
  const shiftOf = (task: number) => reference?.[task] ?? 0;
  const nadirOf = (task: number) => nadir?.[task] ?? 1;
  return lossMethod({
    name: "stch",
    configuration: { smoothing, preference, reference, warmUpEpochs },
    perTask: { preference, reference },
    combine(losses, step) {
      const shifted = tf.stack([...losses]).sub(step.present.map(shiftOf));
      if (warming()) return shifted.log().sum();
      const terms = nadir ? shifted.div(step.present.map(nadirOf)).log() : shifted;
      const value = smoothMaximum(terms.mul<tf.Tensor1D>(preferenceOf(step)), smoothing);
      return nadir ? value.mul(losses.length) : value;
    },
    weights(losses, step) {
      const shifted = losses.map((loss, i) => loss - shiftOf(step.present[i]));
      if (warming()) return shifted.map((loss) => 1 / loss);
      const shares = preferenceOf(step);
      const terms = shifted.map((loss, i) =>
        shares[i] * (nadir ? Math.log(loss / nadirOf(step.present[i])) : loss)
      );
      return softmax(terms.map((term) => term / smoothing)).map((share, i) =>
        share * shares[i] * (nadir ? losses.length / shifted[i] : 1)
      );
    },
    refuse: (loss, task) =>
      warmUpEpochs !== undefined && !(loss > shiftOf(task))
        ? `With warmUpEpochs smooth Tchebycheff takes logarithms of losses above ${shiftOf(task)}`
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
