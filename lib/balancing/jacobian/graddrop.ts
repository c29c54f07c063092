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
      const leaks = present.map((task) => leak?.[task] ?? 0);
      const voices = on === "representation" ? featureSums(jacobian, context) : jacobian;
      const features = voices[0].length;
      const update = new Array<number>(jacobian[0].length).fill(0);
      for (let feature = 0; feature < features; feature++) {
        const sign = survivingSign(voices, feature, f, random);
        for (let task = 0; task < jacobian.length; task++) {
          const row = jacobian[task];
          const kept = sign === 0 || voices[task][feature] * sign > 0 ? 1 : leaks[task];
          let column = feature;
          do {
            update[column] += kept * row[column];
            column += features;
          } while (column < update.length);
        }
      }
      return { update };
    },
    state: () => ({ random: random.state() }),
    restore: (state) => random = Random.fromState(state.random as RandomState),
    reset: () => random = Random.stream(seed, "graddrop"),
  });
}

/** 1 or -1, the sign of the entries that survive; 0 where there is nothing to choose. */
function survivingSign(
  voices: readonly ArrayLike<number>[],
  feature: number,
  f: GraddropOptions["f"],
  random: Random,
): number {
  let sum = 0;
  let magnitude = 0;
  for (const voice of voices) {
    sum += voice[feature];
    magnitude += Math.abs(voice[feature]);
  }
  if (magnitude === 0 || (!f && Math.abs(sum) === magnitude)) return 0;
  const purity = 0.5 * (1 + sum / magnitude);
  const chance = f ? f(purity) : purity;
  if (chance >= 0 && chance <= 1) return chance > random.uniform() ? 1 : -1;
  throw new RangeError(
    `f of graddrop must give numbers from 0 to 1, but gives ${chance} for ${purity}.`,
  );
}

/** For each task the gradients by the representation times its signs, added over the examples. */
function featureSums(
  jacobian: readonly Float64Array[],
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
