import * as tf from "@tensorflow/tfjs";

/**
 * The smooth step: 0 up to -γ/2, 1 from γ/2, and -2 t³/γ³ + 3 t/(2γ) + 1/2 between (Hazimeh et al.
 * 2021). It is exactly 0 and 1 outside. The caller owns the result.
 */
export function smoothStep(t: tf.Tensor, gamma: number): tf.Tensor {
  return tf.tidy(() => {
    const u = t.div(gamma).clipByValue(-0.5, 0.5);
    return u.mul(u.square().mul(-2).add(1.5)).add(0.5);
  });
}

/**
 * How much single selectors choose each expert: the products of the smooth steps of their digits,
 * read as a binary number whose first digit is the highest.
 *
 * @param z `[selectors, digits]`, any number of selectors.
 * @returns `[selectors, experts]`; a row adds up to 1 where the number of experts is a power of 2,
 * and to less where some binary numbers stand for no expert. The caller owns the result.
 */
export function selectorWeights(z: tf.Tensor, experts: number, gamma: number): tf.Tensor2D {
  return tf.tidy(() => {
    const [, digits] = z.shape as [number, number];
    const { slopes, offsets } = digitsOf(experts, digits);
    const factors = tf.matMul(smoothStep(z, gamma) as tf.Tensor2D, slopes).add(offsets);
    return tf.split(factors, digits, 1).reduce((product, factor) => product.mul(factor));
  }) as tf.Tensor2D;
}

/**
 * What makes factors of steps S, digit after digit: an expert takes S for a digit 1 and 1 - S for a
 * digit 0. `slopes` are `[digits, digits * experts]`, `offsets` `[1, digits * experts]`.
 */
function digitsOf(experts: number, digits: number) {
  const slopes = Array.from({ length: digits }, () => new Float32Array(digits * experts));
  const offsets = new Float32Array(digits * experts);
  for (let digit = 0; digit < digits; digit++) {
    for (let expert = 0; expert < experts; expert++) {
      const one = (expert >> (digits - 1 - digit)) % 2 === 1;
      slopes[digit][digit * experts + expert] = one ? 1 : -1;
      offsets[digit * experts + expert] = one ? 0 : 1;
    }
  }
  return {
    slopes: tf.tensor2d(slopes.flatMap((row) => [...row]), [digits, digits * experts]),
    offsets: tf.tensor2d(offsets, [1, digits * experts]),
  };
}

/** Binary digits that tell so many experts apart; at least one. */
export function digitsFor(experts: number): number {
  return Math.max(1, Math.ceil(Math.log2(experts)));
}

/**
 * The weights of the experts: the selectors' choices, mixed with softmax weights.
 *
 * @param choices `[examples, selectors, experts]`
 * @param logits `[examples, selectors]`
 * @returns `[examples, experts]`. The caller owns the result.
 */
export function mixSelectors(choices: tf.Tensor, logits: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => choices.mul(tf.softmax(logits).expandDims(2)).sum(1) as tf.Tensor2D);
}

/** Mean over examples of the selectors' entropies, added up, in nats; `[examples, selectors, experts]`. */
export function selectorEntropy(choices: tf.Tensor): tf.Scalar {
  return tf.tidy(() =>
    choices.mul(choices.add(SMALLEST).log()).sum([1, 2]).mean().neg() as tf.Scalar
  );
}

/** Mean over examples of 1 / (share of a selector that falls on experts), added up over selectors. */
export function unreachable(choices: tf.Tensor): tf.Scalar {
  return tf.tidy(() => choices.sum(2).add(SMALLEST).reciprocal().sum(1).mean() as tf.Scalar);
}

const SMALLEST = 1e-6;
