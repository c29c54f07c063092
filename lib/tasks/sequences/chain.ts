import * as tf from "@tensorflow/tfjs";

/** Sums are kept above this, so that their logarithm is finite. */
const LEAST = 1e-37;

/**
 * Negative log-likelihood of class sequences under a linear chain (conditional random field; Lafferty
 * et al. 2001): `log Z - score`, where the score of a sequence adds up the emission of each class,
 * the weight of each class after the one before, of the first as a start and of the last as an end.
 * `log Z` adds up all sequences by the forward algorithm, in logarithms; transitions into one class
 * that are more than 80 apart count as 80 apart.
 *
 * @param emissions `[batch, time, classes]`.
 * @param transitions `[classes, classes]`: row i, column j is j after i.
 * @param ends `[2, classes]`: weights of starting and of ending in a class.
 * @param target `[batch, time]` of class indices, -1 behind the end of a sequence.
 * @returns `[batch]`, 0 for empty sequences. Keeps its arguments; the caller owns the result.
 */
export function chainLosses(
  emissions: tf.Tensor3D,
  transitions: tf.Tensor2D,
  ends: tf.Tensor2D,
  target: tf.Tensor2D,
): tf.Tensor1D {
  return tf.tidy(() => {
    const [, time, classes] = emissions.shape;
    const truth = target.toInt();
    const present = truth.greaterEqual(0).toFloat();
    const chosen = tf.oneHot(tf.maximum(truth, tf.scalar(0, "int32")) as tf.Tensor2D, classes)
      .toFloat().mul(present.expandDims(2)) as tf.Tensor3D;
    const [start, end] = tf.unstack(ends, 0);
    const score = sequenceScores(emissions, chosen, present, transitions, start, end);
    const steps = tf.unstack(emissions, 1);
    const masks = tf.unstack(present.expandDims(2), 1);
    // A step adds up exp(forward) exp(transitions) as a product of matrices, with the largest of
    // each row and column taken off before and put back behind the logarithm.
    const largest = transitions.max(0, true);
    const weights = transitions.sub(largest).exp() as tf.Tensor2D;
    let forward = steps[0].add(start);
    for (let at = 1; at < time; at++) {
      const top = forward.max(1, true);
      const sums = tf.matMul(forward.sub(top).exp() as tf.Tensor2D, weights);
      const next = tf.maximum(sums, LEAST).log().add(top).add(largest).add(steps[at]);
      forward = forward.add(next.sub(forward).mul(masks[at]));
    }
    const total = tf.logSumExp(forward.add(end), 1);
    return total.sub(score).mul(masks[0].squeeze([1])) as tf.Tensor1D;
  });
}

/** Scores of the true sequences, `[batch]`. */
function sequenceScores(
  emissions: tf.Tensor3D,
  chosen: tf.Tensor3D,
  present: tf.Tensor,
  transitions: tf.Tensor2D,
  start: tf.Tensor,
  end: tf.Tensor,
): tf.Tensor {
  const [batch, time, classes] = emissions.shape;
  const emitted = emissions.mul(chosen).sum([1, 2]);
  const first = chosen.slice([0, 0, 0], [batch, 1, classes]).squeeze([1]).mul(start).sum(1);
  // 1 at the last step of each sequence only.
  const later = present.slice([0, 1], [batch, time - 1]).pad([[0, 0], [0, 1]]);
  const last = chosen.mul(present.sub(later).expandDims(2)).sum(1).mul(end).sum(1);
  if (time === 1) return emitted.add(first).add(last);
  const before = chosen.slice([0, 0, 0], [batch, time - 1, classes]).reshape([-1, classes]);
  const after = chosen.slice([0, 1, 0], [batch, time - 1, classes]).reshape([-1, classes]);
  const followed = tf.matMul(before as tf.Tensor2D, transitions).mul(after)
    .reshape([batch, -1]).sum(1);
  return emitted.add(first).add(followed).add(last);
}

/**
 * The best class sequence under a linear chain (Viterbi 1967), in float64; of equally good ones that
 * with lower classes at the end.
 *
 * ```ts
 * import { viterbi } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * // Class 1 is the better one at each step by itself, but may not follow itself.
 * const path = viterbi({
 *   emissions: [0, 1, 0, 2],
 *   transitions: [0, 0, 0, -9],
 *   start: [0, 0],
 *   end: [0, 0],
 * });
 * deepStrictEqual(path, [0, 1]);
 * ```
 *
 * @param chain `emissions` `[time, classes]` and `transitions` `[classes, classes]`, row-major; row i,
 * column j of the latter is j after i.
 */
export function viterbi(chain: {
  readonly emissions: ArrayLike<number>;
  readonly transitions: ArrayLike<number>;
  readonly start: ArrayLike<number>;
  readonly end: ArrayLike<number>;
}): number[] {
  const { emissions, transitions, start, end } = chain;
  const classes = start.length;
  const time = emissions.length / classes;
  if (time === 0) return [];
  let best = Float64Array.from({ length: classes }, (_, k) => start[k] + emissions[k]);
  const came: Int32Array[] = [];
  for (let step = 1; step < time; step++) {
    const from = new Int32Array(classes);
    best = Float64Array.from({ length: classes }, (_, to) => {
      for (let k = 1; k < classes; k++) {
        const [known, other] = [from[to], k].map((at) => best[at] + transitions[at * classes + to]);
        if (other > known) from[to] = k;
      }
      return best[from[to]] + transitions[from[to] * classes + to] + emissions[step * classes + to];
    });
    came.push(from);
  }
  let at = 0;
  for (let k = 1; k < classes; k++) if (best[k] + end[k] > best[at] + end[at]) at = k;
  const path = [at];
  for (let step = came.length - 1; step >= 0; step--) path.unshift(at = came[step][at]);
  return path;
}
