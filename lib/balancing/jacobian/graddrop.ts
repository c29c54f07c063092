import { type Packed, plainNumbers } from "../../math/matrix.ts";
import { Random, type RandomState } from "../../math/random.ts";
import type { BalancerContext, JacobianBalancer } from "../balancer.ts";
import { jacobianMethod } from "./_jacobian_method.ts";

/** Settings of {@linkcode graddrop}. */
export interface GraddropOptions {
  /** Default 0. */
  readonly seed?: number | string;
  /** Share of each task's gradient that is never dropped, 0 to 1. Default 0 for each. */
  readonly leak?: readonly number[];
  /**
   * The chance that the positive entries survive, given their purity from 0 (all entries are
   * negative) to 1: increasing, from 0 to 1. Default: the purity itself.
   */
  readonly f?: (purity: number) => number;
  /**
   * What is dropped: entries of the shared variables' gradients, or, as in the paper, features of
   * the representation's. Default `"shared"`.
   */
  readonly on?: "shared" | "representation";
}

/**
 * Gradient sign dropout (GradDrop): in every coordinate only the positive or only the negative
 * entries survive, by chance.
 *
 * The positive ones survive with probability `f(P)`, where `P = (1 + sum g / sum |g|) / 2` is their
 * purity. By default `f(P) = P`: then the update is on average the sum of the gradients.
 *
 * Chen et al., "Just Pick a Sign", NeurIPS 2020, arXiv 2010.06808. With `on: "representation"` as in
 * the paper: signs are those of the gradient by the representation times the sign of its numbers,
 * added over the batch, so that a task keeps or loses a feature for all examples. By default, as in
 * TorchJD, the coordinates are those of the shared variables' gradients.
 */
export function graddrop(options: GraddropOptions = {}): JacobianBalancer {
  const { seed = 0, leak, f, on = "shared" } = options;
  if (leak && !leak.every((share) => share >= 0 && share <= 1)) {
    throw new RangeError(`Each leak must be from 0 to 1, but they are [${leak.join(", ")}].`);
  }
  let random = Random.stream(seed, "graddrop");
  return jacobianMethod({
    name: "graddrop",
    configuration: { seed, leak, on, ...f && { f: String(f) } },
    perTask: { leak },
    on,
    combine(jacobian, { present, ...context }) {
      if (on === "shared" && !leak) return { update: plainNumbers(survivors(jacobian, f, random)) };
      const voices = on === "representation" ? featureSums(jacobian, context) : jacobian;
      const signs = survivingSigns(voices, f, random);
      const update = new Float64Array(jacobian[0].length);
      jacobian.forEach((row, i) => {
        addSurviving(update, row, voices[i], signs, leak?.[present[i]] ?? 0);
      });
      return { update: plainNumbers(update) };
    },
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "graddrop"),
  });
}

/** In each column the sum of the positive or that of the negative entries. */
function survivors(
  rows: readonly Packed[],
  f: GraddropOptions["f"],
  random: Random,
): Float64Array {
  const positive = new Float64Array(rows[0].length);
  const negative = new Float64Array(rows[0].length);
  // Row after row: memory is read in the order in which it lies.
  for (const row of rows) {
    for (let column = 0; column < row.length; column++) {
      // By numbers, as a processor guesses branches on random signs wrong half the time.
      positive[column] += row[column] * Number(row[column] > 0);
      negative[column] += row[column] * Number(row[column] < 0);
    }
  }
  for (let column = 0; column < positive.length; column++) {
    const sum = positive[column] + negative[column];
    const sign = survivingSign(sum, positive[column] - negative[column], f, random);
    if (sign === 0) positive[column] = sum;
    else if (sign < 0) positive[column] = negative[column];
  }
  return positive;
}

/** For each feature the sign of the entries that survive; 0 where there is nothing to choose. */
function survivingSigns(
  voices: readonly Packed[],
  f: GraddropOptions["f"],
  random: Random,
): Int8Array {
  const sums = new Float64Array(voices[0].length);
  const magnitudes = new Float64Array(voices[0].length);
  for (const voice of voices) {
    for (let feature = 0; feature < sums.length; feature++) {
      sums[feature] += voice[feature];
      magnitudes[feature] += Math.abs(voice[feature]);
    }
  }
  const signs = new Int8Array(sums.length);
  for (let feature = 0; feature < sums.length; feature++) {
    signs[feature] = survivingSign(sums[feature], magnitudes[feature], f, random);
  }
  return signs;
}

/** 1 or -1, by chance; 0 where all entries have one sign, or none. */
function survivingSign(
  sum: number,
  magnitude: number,
  f: GraddropOptions["f"],
  random: Random,
): -1 | 0 | 1 {
  if (magnitude === 0 || (!f && Math.abs(sum) === magnitude)) return 0;
  const purity = 0.5 * (1 + sum / magnitude);
  const chance = f ? f(purity) : purity;
  if (chance >= 0 && chance <= 1) return chance > random.uniform() ? 1 : -1;
  throw new RangeError(
    `f of graddrop must give numbers from 0 to 1, but gives ${chance} for ${purity}.`,
  );
}

/** Adds what survives of a task's row, in which each feature stands once an example. */
function addSurviving(
  update: Float64Array,
  row: Packed,
  voice: Packed,
  signs: Int8Array,
  leak: number,
): void {
  for (let start = 0; start < row.length; start += signs.length) {
    for (let feature = 0; feature < signs.length; feature++) {
      const sign = signs[feature];
      // As numbers: signs are random, and a processor guesses branches on them wrong half the time.
      const survives = Number(sign === 0) | Number(voice[feature] * sign > 0);
      update[start + feature] += (survives + leak * (1 - survives)) * row[start + feature];
    }
  }
}

/** For each task the gradients by the representation times its signs, added over the examples. */
function featureSums(
  jacobian: readonly Packed[],
  { activations, examples }: BalancerContext,
): Float64Array[] {
  if (!activations || !examples) {
    throw new RangeError('graddrop with on: "representation" needs the activations and examples.');
  }
  const features = activations.length / examples;
  return jacobian.map((row) => {
    const sums = new Float64Array(features);
    for (let column = 0; column < row.length; column++) {
      sums[column % features] += Math.sign(activations[column]) * row[column];
    }
    return sums;
  });
}
