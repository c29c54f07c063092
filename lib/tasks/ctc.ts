import * as tf from "@tensorflow/tfjs";
import { checkHidden, checkName, notAClass } from "./_checks.ts";
import { errorRate } from "./metrics/edit_distance.ts";
import { largestAt } from "./metrics/_metric.ts";
import { ctcLosses } from "./sequences/ctc_losses.ts";
import type { Metric, Task } from "./task.ts";

/** Settings of {@linkcode ctc}. */
export interface CtcOptions {
  /** The symbols by index, such as letters; a space parts words. The blank is not among them. */
  readonly symbols: readonly string[];
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
  /**
   * Whether a row with too few frames costs 0 instead of infinity (`zero_infinity` of PyTorch's
   * `CTCLoss`); it still counts as a row of the mean, as there. Default false, as there: the infinite
   * loss ends the training in words. Either way such a row has the gradient 0.
   */
  readonly zeroInfinity?: boolean;
}

/** Behind the end of a text. */
const NO_SYMBOL = -1;

/**
 * A short sequence of symbols from a longer one of frames, without knowing which frame says what:
 * spelling what was spoken. Targets `[length]` of indices into `symbols`, -1 behind the end. Reads
 * features `[frames, units]` and gives logits `[batch, frames, symbols + 1]`, the last for the blank;
 * the loss of a row is the negative log-likelihood of its symbols, in nats (connectionist temporal
 * classification; Graves et al. 2006). There must be at least as many frames as symbols, and one
 * more for each symbol that follows itself; otherwise the loss is infinite, or 0 with `zeroInfinity`.
 *
 * Metrics, of the likeliest class in each frame with repeats merged and blanks dropped, over all
 * texts together: `characterErrorRate` and `wordErrorRate`, edits as a part of true characters or
 * words.
 *
 * ```ts
 * import { ctc } from "polytask";
 * const spelling = ctc("spelling", { symbols: [..."abcdefghijklmnopqrstuvwxyz"] });
 * ```
 * @throws {RangeError} When there is no symbol, or two are the same.
 */
export function ctc<const Name extends string>(
  name: Name,
  options: CtcOptions,
): Task<Name, "characterErrorRate" | "wordErrorRate"> {
  checkName(name);
  const { symbols, hidden = [], zeroInfinity = false } = options;
  checkHidden(name, hidden);
  if (symbols.length === 0 || new Set(symbols).size < symbols.length) {
    throw new RangeError(`Task "${name}": give at least one symbol, each once.`);
  }
  const classes = symbols.length + 1;
  return {
    name,
    kind: "ctc",
    targetType: "int32",
    targetShape: [-1],
    outputShape: [-1, classes],
    head: { kind: "steps", outputs: classes },
    labels: symbols,
    hidden,
    rowLosses: (output, target) =>
      tf.tidy(() => {
        const logProbabilities = tf.logSoftmax(output.reshape([-1, classes]))
          .reshape(output.shape) as tf.Tensor3D;
        const losses = ctcLosses(logProbabilities, target as tf.Tensor2D);
        return zeroInfinity
          ? tf.where(losses.isInf(), tf.zerosLike(losses), losses) as tf.Tensor1D
          : losses;
      }),
    metrics: [
      rateMetric("characterErrorRate", symbols, (text) => text),
      rateMetric("wordErrorRate", symbols, words),
    ],
    checkTarget(values, shape) {
      if (shape.length !== 1) return `symbols have the shape [length], not [${shape}]`;
      for (let at = 1; at < values.length; at++) {
        if (at % shape[0] > 0 && values[at - 1] === NO_SYMBOL && values[at] !== NO_SYMBOL) {
          return `row ${Math.floor(at / shape[0])} has a symbol behind its end`;
        }
      }
      return notAClass(values, symbols.length, NO_SYMBOL);
    },
    configuration: { kind: "ctc", name, symbols, hidden, zeroInfinity },
  };
}

/**
 * The symbols that come out when the likeliest class is taken in each frame, repeats are merged and
 * blanks dropped.
 *
 * ```ts
 * import { ctcDecode } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * // Four frames of the symbols 0 and 1 and the blank: 0, 0, blank, 0.
 * const logits = [3, 1, 0, 3, 1, 0, 0, 1, 2, 5, 0, 0];
 * deepStrictEqual(ctcDecode(logits, { classes: 3, rows: 1 }), [[0, 0]]);
 * ```
 *
 * @param output Raw outputs `[rows, frames, classes]`, row-major; the last class is the blank.
 */
export function ctcDecode(
  output: ArrayLike<number>,
  options: { readonly classes: number; readonly rows: number },
): number[][] {
  const { classes, rows } = options;
  const frames = output.length / rows / classes;
  return Array.from({ length: rows }, (_, row) => {
    const symbols: number[] = [];
    let before = classes - 1;
    for (let frame = 0; frame < frames; frame++) {
      const found = largestAt(output, (row * frames + frame) * classes, classes);
      if (found !== before && found !== classes - 1) symbols.push(found);
      before = found;
    }
    return symbols;
  });
}

/** Runs of symbols between spaces. */
function words(text: readonly string[]): string[] {
  return text.join("\u0000").split(" ")
    .map((word) => word.split("\u0000").join(""))
    .filter((word) => word !== "");
}

function rateMetric<Name extends string>(
  name: Name,
  symbols: readonly string[],
  items: (text: readonly string[]) => readonly string[],
): Metric<Name> {
  return {
    name,
    higherIsBetter: false,
    start() {
      const [all, predicted]: (readonly string[])[][] = [[], []];
      return {
        update({ output, target, mask, rows }) {
          const found = ctcDecode(output, { classes: symbols.length + 1, rows });
          const length = target.length / rows;
          for (let row = 0; row < rows; row++) {
            if (mask && !mask[row]) continue;
            const truth = Array.from({ length }, (_, at) => target[row * length + at])
              .filter((index) => index !== NO_SYMBOL);
            all.push(items(truth.map((index) => symbols[index])));
            predicted.push(items(found[row].map((index) => symbols[index])));
          }
        },
        result: () => errorRate(predicted, all),
      };
    },
  };
}
