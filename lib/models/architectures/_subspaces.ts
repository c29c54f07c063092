import * as tf from "@tensorflow/tfjs";
import type { GraphPart } from "../graph/mod.ts";
import { times } from "./_weighted_sum.ts";

/** A mix of subspaces, and the towers that it reads. */
export interface SubspaceMix {
  readonly used: readonly number[];
  readonly apply: GraphPart["apply"];
}

/**
 * What a sluice gives for these weights, in fewer operations. Where halves keep their place, it is a
 * sum of towers with a factor for each channel and nothing is split; towers and halves without weight are
 * not read.
 *
 * @param weights `[2, 2 * towers]`: a row for each half that comes out, a column for each that goes in.
 */
export function subspacesNow(weights: Float32Array, channels: number): SubspaceMix {
  const sources = weights.length / 2;
  const towers = Array.from({ length: sources / 2 }, (_, tower) => tower);
  const weight = (to: number, tower: number, half: number) =>
    weights[to * sources + 2 * tower + half];
  const heard = towers.filter((tower) =>
    [0, 1].some((to) => [0, 1].some((half) => weight(to, tower, half) !== 0))
  );
  // A sum of nothing is still a tensor of zeros.
  const used = heard.length > 0 ? heard : [0];
  const stay = used.every((tower) => weight(0, tower, 1) === 0 && weight(1, tower, 0) === 0);
  const sum = (terms: readonly tf.Tensor[]) => terms.reduce((total, term) => total.add(term));
  const inPlace: GraphPart["apply"] = (inputs) =>
    tf.tidy(() =>
      sum(inputs.map((input, at) => {
        const [first, second] = [weight(0, used[at], 0), weight(1, used[at], 1)];
        return first === second ? times(input, first) : input.mul(
          Float32Array.from({ length: channels }, (_, at) => at < channels / 2 ? first : second),
        );
      }))
    );
  const crossing: GraphPart["apply"] = (inputs) =>
    tf.tidy(() => {
      const halves = inputs.map((input) => tf.split(input, 2, -1));
      const mixed = [0, 1].map((to) => {
        const terms = used.flatMap((tower, at) =>
          [0, 1].flatMap((half) => {
            const factor = weight(to, tower, half);
            return factor === 0 ? [] : [times(halves[at][half], factor)];
          })
        );
        return terms.length > 0 ? sum(terms) : times(halves[0][0], 0);
      });
      return tf.concat(mixed, -1);
    });
  return { used, apply: stay ? inPlace : crossing };
}
