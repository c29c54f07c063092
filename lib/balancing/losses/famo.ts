import * as tf from "@tensorflow/tfjs";
import { dot } from "../../math/matrix.ts";
import { softmax } from "../../math/softmax.ts";
import type { LossBalancer } from "../balancer.ts";
import { LearnedNumbers } from "./_adam.ts";
import { lossMethod } from "./_loss_method.ts";

/** Settings of {@linkcode famo}. */
export interface FamoOptions {
  /** Step length of the preferences. Default 0.025. */
  readonly learningRate?: number;
  /** Pull of the preferences towards equality (L2 within Adam). Default 1e-3. */
  readonly decay?: number;
  /** Lower bounds of the losses. Default 0. */
  readonly minimum?: readonly number[];
}

/** Added to a loss before its logarithm. */
const TINY = 1e-8;

/**
 * Fast adaptive multitask optimization (FAMO): all log losses fall at the same speed, without task
 * gradients.
 *
 * With preferences `z = softmax(xi)` and `D_i = L_i - minimum_i + 1e-8` the value is
 * `c sum z_i log D_i`, where `c = 1 / sum (z_i / D_i)` is held constant, so that the weights
 * `c z_i / D_i` sum to 1. After the optimizer's step the losses of the same batch are measured
 * again (one more forward pass), and `xi` descends along
 * `J_softmax (log D_before - log D_after)`. Losses below their minimum are refused.
 *
 * Liu et al., "FAMO: Fast Adaptive Multitask Optimization", NeurIPS 2023, arXiv 2306.03792.
 */
export function famo(options: FamoOptions = {}): LossBalancer {
  const { learningRate = 0.025, decay = 1e-3, minimum } = options;
  const logits = new LearnedNumbers(learningRate, 0, decay);
  let before: number[] | undefined;
  const distances = (losses: readonly number[], present: readonly number[]) =>
    losses.map((loss, i) => loss - (minimum?.[present[i]] ?? 0) + TINY);
  return lossMethod({
    name: "famo",
    configuration: { learningRate, decay, minimum },
    perTask: { minimum },
    combine(losses, { present }) {
      const preferences = softmax(logits.of(present));
      return famoLoss(losses, preferences, present.map((task) => minimum?.[task] ?? 0));
    },
    weights: (losses, { present }) =>
      famoWeights(distances(losses, present), softmax(logits.of(present))),
    learn(losses, { present }) {
      before = distances(losses, present).map(Math.log);
    },
    afterStep(losses, { present }) {
      if (!before) {
        throw new Error("famo was told the losses after a step, but saw none before it.");
      }
      const fall = distances(losses, present).map((value, i) => before![i] - Math.log(value));
      logits.descend(present, famoGradient(softmax(logits.of(present)), fall));
      before = undefined;
    },
    refuse(loss, task) {
      const least = minimum?.[task] ?? 0;
      return loss >= least ? undefined : `famo takes losses above their minimum (${least})`;
    },
    state: () => logits.state(),
    restore: (state) => logits.restore(state),
    reset(tasks) {
      logits.reset(tasks);
      before = undefined;
    },
  });
}

/** FAMO's weights `c z_i / D_i`; they sum to 1. */
export function famoWeights(
  distances: readonly number[],
  preferences: readonly number[],
): number[] {
  const parts = preferences.map((preference, i) => preference / distances[i]);
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/** Derivatives of the preferences' logits for given falls of the log losses. */
export function famoGradient(preferences: readonly number[], fall: readonly number[]): number[] {
  const mean = dot(preferences, fall);
  return preferences.map((preference, i) => preference * (fall[i] - mean));
}

/** FAMO's value, whose factor `c` takes no part in the derivative. */
function famoLoss(
  losses: readonly tf.Scalar[],
  preferences: readonly number[],
  minimum: readonly number[],
): tf.Scalar {
  const stacked = tf.stack([...losses]) as tf.Tensor1D;
  const weighted = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [all] = args as [tf.Tensor1D];
    const save = args[1] as tf.GradSaveFunc;
    const distances = all.sub(minimum).add(TINY);
    const parts = tf.div(preferences, distances);
    const factor = parts.sum().reciprocal();
    save([parts.mul(factor)]);
    return {
      value: distances.log().mul(preferences).sum().mul(factor),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => dy.mul(saved[0]),
    };
  });
  return weighted(stacked) as tf.Scalar;
}
