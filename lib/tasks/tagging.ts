import * as tf from "@tensorflow/tfjs";
import { softmaxCrossEntropy } from "../backend/fused/cross_entropy.ts";
import { decodeTags, NO_TAG, spanF1 } from "../data/mod.ts";
import { checkCount, checkHidden, checkLabels, checkName, notAClass } from "./_checks.ts";
import { chosenMetrics, largestAt } from "./metrics/_metric.ts";
import { chainLosses, viterbi } from "./sequences/chain.ts";
import type { Metric, MetricBatch, Task } from "./task.ts";

/** Figures that a tagging task can show. */
export type TagMetric = "accuracy" | "spanF1";

/** Settings of {@linkcode tagging}. */
export interface TaggingOptions<Shown extends readonly TagMetric[] = readonly TagMetric[]> {
  /** Number of classes, from 2. Targets are the indices 0 to `classes - 1`; -1 is no word. */
  readonly classes: number;
  /** Names of the classes, for displays and for `spanF1`, which reads `B-`, `I-` and `O`. */
  readonly labels?: readonly string[];
  /**
   * Whether the head also learns which class follows which (a conditional random field). Words with
   * -1 may then stand behind the others only. Default `false`.
   */
  readonly crf?: boolean;
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
  /** Figures to show, in this order. Default `["accuracy"]`. */
  readonly metrics?: Shown;
}

/**
 * One of several classes for every word: targets `[length]`, -1 behind the end of a text. Reads
 * features `[length, units]` and gives logits `[batch, length, classes]`; the loss of a text is the
 * mean over its words of the cross-entropy, in nats; 0 for a text without words.
 *
 * With `crf` the head has weights of its own for class j after class i, for starting and for ending
 * with a class; they stand below the words of every text in the raw output,
 * `[batch, length + classes + 2, classes]`. The loss is the negative log-likelihood of the whole
 * sequence (Lafferty et al. 2001), divided by its words; what is predicted is the best sequence
 * (Viterbi); {@linkcode predictedTags} reads either.
 *
 * Metrics: `accuracy` over words; on request `spanF1`, the F1 of whole spans (`labels` needed).
 *
 * ```ts
 * import { tagging } from "polytask";
 * const speech = tagging("partOfSpeech", { classes: 17 });
 * const names = tagging("names", {
 *   classes: 3,
 *   labels: ["O", "B-person", "I-person"],
 *   crf: true,
 *   metrics: ["accuracy", "spanF1"],
 * });
 * ```
 * @throws {RangeError} When a setting is out of range; names the task and the setting.
 */
export function tagging<
  const Name extends string,
  const Shown extends readonly TagMetric[] = readonly ["accuracy"],
>(name: Name, options: TaggingOptions<Shown>): Task<Name, Shown[number]> {
  checkName(name);
  const { classes, labels, crf = false, hidden = [], metrics = ["accuracy"] } = options;
  checkHidden(name, hidden);
  checkCount(name, "classes", classes, 2);
  checkLabels(name, labels, classes);
  if (!labels && metrics.some((metric) => metric === "spanF1")) {
    throw new RangeError(`Task "${name}": spanF1 reads the labels of the classes; give labels.`);
  }
  return {
    name,
    kind: "tagging",
    targetType: "int32",
    targetShape: [-1],
    outputShape: [-1, classes],
    head: crf ? { kind: "chain", classes } : { kind: "steps", outputs: classes },
    labels,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const words = tf.maximum(target.greaterEqual(0).toFloat().sum(1), 1);
        const losses = crf
          ? packedLosses(output as tf.Tensor3D, target as tf.Tensor2D)
          : wordLosses(output as tf.Tensor3D, target as tf.Tensor2D);
        return losses.div(words) as tf.Tensor1D;
      }),
    metrics: chosenMetrics<Shown[number]>(name, tagMetrics(classes, crf, labels), metrics),
    checkTarget(values, shape) {
      if (shape.length !== 1) return `classes of words have the shape [length], not [${shape}]`;
      const [length] = shape;
      for (let at = 1; crf && at < values.length; at++) {
        if (at % length > 0 && values[at - 1] === NO_TAG && values[at] !== NO_TAG) {
          return `row ${
            Math.floor(at / length)
          } has a label behind a missing one, which crf cannot read`;
        }
      }
      return notAClass(values, classes, NO_TAG);
    },
    configuration: { kind: "tagging", name, classes, labels, crf, hidden, metrics },
  };
}

/** Sums over the words of each text of the cross-entropy; what is no word has the loss 0. */
function wordLosses(output: tf.Tensor3D, target: tf.Tensor2D): tf.Tensor {
  const [batch, length, classes] = output.shape;
  const losses = softmaxCrossEntropy(output.reshape([-1, classes]), target.toInt().as1D());
  return losses.reshape([batch, length]).sum(1);
}

/** Losses of a chain from a raw output that holds its weights. */
function packedLosses(output: tf.Tensor3D, target: tf.Tensor2D): tf.Tensor {
  const [batch, rows, classes] = output.shape;
  const length = rows - classes - 2;
  const emissions = output.slice([0, 0, 0], [batch, length, classes]);
  // The weights are the same in every text, so that those of the first serve all.
  const transitions = output.slice([0, length, 0], [1, classes, classes]).squeeze([0]);
  const ends = output.slice([0, length + classes, 0], [1, 2, classes]).squeeze([0]);
  return chainLosses(emissions, transitions as tf.Tensor2D, ends as tf.Tensor2D, target);
}

/**
 * The classes that a {@linkcode tagging} task predicts: for each word the one with the largest logit
 * (the lower on a tie), with a conditional random field the best sequence.
 *
 * ```ts
 * import { predictedTags } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const logits = [[0, 1], [2, 0], [0, 3], [9, 9]].flat();
 * deepStrictEqual(predictedTags(logits, { classes: 2, lengths: [2, 1] }), [[1, 0], [1]]);
 * ```
 *
 * @param output Raw outputs of texts of one length, row-major, as `await outputs.name.data()`.
 * @param options `classes` and `crf` of the task, and the number of words of each text, where the
 * output holds padding behind them.
 */
export function predictedTags(
  output: ArrayLike<number>,
  options: {
    readonly classes: number;
    readonly crf?: boolean;
    readonly lengths: readonly number[];
  },
): number[][] {
  const { classes, crf = false, lengths } = options;
  const size = output.length / lengths.length;
  const values = Array.from(output);
  return lengths.map((words, text) => {
    const start = text * size;
    if (!crf) {
      return Array.from(
        { length: words },
        (_, at) => largestAt(output, start + at * classes, classes),
      );
    }
    const weights = start + size - (classes + 2) * classes;
    const [firsts, lasts] = [classes, classes + 1].map((row) => weights + row * classes);
    return viterbi({
      emissions: values.slice(start, start + words * classes),
      transitions: values.slice(weights, firsts),
      start: values.slice(firsts, lasts),
      end: values.slice(lasts, lasts + classes),
    });
  });
}

/** Calls back with the true and the predicted classes of the words of each labelled text. */
function eachText(
  { output, target, mask, rows }: MetricBatch,
  classes: number,
  crf: boolean,
  use: (truth: number[], found: number[]) => void,
): void {
  const [length, size] = [target.length / rows, output.length / rows];
  for (let row = 0; row < rows; row++) {
    if (mask && !mask[row]) continue;
    const truth = Array.from({ length }, (_, at) => target[row * length + at]);
    const words = truth.findLastIndex((tag) => tag !== NO_TAG) + 1;
    const text = Array.from({ length: size }, (_, at) => output[row * size + at]);
    const [found] = predictedTags(text, { classes, crf, lengths: [words] });
    use(truth.slice(0, words), found);
  }
}

function tagMetrics(
  classes: number,
  crf: boolean,
  labels: readonly string[] = [],
): { readonly [Name in TagMetric]: Metric<Name> } {
  return {
    accuracy: {
      name: "accuracy",
      higherIsBetter: true,
      start() {
        let [right, words] = [0, 0];
        return {
          update: (batch) =>
            eachText(batch, classes, crf, (truth, found) => {
              truth.forEach((tag, at) => {
                if (tag === NO_TAG) return;
                words++;
                if (tag === found[at]) right++;
              });
            }),
          result: () => right / words,
        };
      },
    },
    spanF1: {
      name: "spanF1",
      higherIsBetter: true,
      start() {
        const [all, predicted]: string[][][] = [[], []];
        const name = (tags: readonly number[]) =>
          tags.length === 0 ? [] : decodeTags(tags, labels, tags.length)[0];
        return {
          update: (batch) =>
            eachText(batch, classes, crf, (truth, found) => {
              const tags = name(truth);
              all.push(tags);
              predicted.push(name(found).slice(0, tags.length));
            }),
          result: () => spanF1(predicted, all).f1,
        };
      },
    },
  };
}
