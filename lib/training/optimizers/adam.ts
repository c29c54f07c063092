import * as tf from "@tensorflow/tfjs";
import { checkPositive, checkShare } from "./_checks.ts";
import type { Optimizer } from "./optimizer.ts";
import { fusedUpdate, withSlots } from "./_slots.ts";

/** Settings of {@linkcode adam} and {@linkcode adamW}. */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Keeps the division finite. Default 1e-8, as in PyTorch. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1). Steps are counted for each variable, so that the head of
 * a task that is absent from a batch stays as it is, moments included.
 *
 * ```ts
 * import { optimizers } from "polytask";
 * const optimizer = optimizers.adam({ learningRate: 0.002 });
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return makeAdam("adam", options, 0);
}

/**
 * Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019): each step also
 * multiplies the weights by `1 - learningRate * weightDecay`. Default `weightDecay` 0.01.
 */
export function adamW(options: AdamOptions & { readonly weightDecay?: number } = {}): Optimizer {
  return makeAdam("adamW", options, options.weightDecay ?? 0.01);
}

function makeAdam(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkPositive("learningRate", learningRate);
  checkPositive("epsilon", epsilon);
  checkShare("beta1", beta1);
  checkShare("beta2", beta2);
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay))) {
    throw new RangeError(`weightDecay must be a number from 0, but is ${weightDecay}.`);
  }
  return {
    name,
    learningRate,
    configuration: { learningRate, beta1, beta2, epsilon, weightDecay },
    start: (variables) =>
      withSlots(variables, ["mean", "square"], (value, gradient, [m, v], rate, step) => {
        const attributes = {
          beta1,
          beta2,
          learningRate: rate / (1 - beta1 ** step),
          secondCorrection: 1 / (1 - beta2 ** step),
          epsilon,
          weightDecay: rate * weightDecay,
        };
        return fusedUpdate("PolytaskAdam", { value, gradient, m, v }, attributes) ??
          plainUpdate(value, gradient, m, v, attributes);
      }),
  };
}

function plainUpdate(
  value: tf.Tensor,
  gradient: tf.Tensor,
  m: tf.Tensor,
  v: tf.Tensor,
  attributes: {
    beta1: number;
    beta2: number;
    learningRate: number;
    secondCorrection: number;
    epsilon: number;
    weightDecay: number;
  },
): tf.Tensor[] {
  const { beta1, beta2, learningRate, secondCorrection, epsilon, weightDecay } = attributes;
  return tf.tidy(() => {
    const mean = m.mul(beta1).add(gradient.mul(1 - beta1));
    const square = v.mul(beta2).add(gradient.square().mul(1 - beta2));
    const step = mean.mul(learningRate).div(square.mul(secondCorrection).sqrt().add(epsilon));
    return [value.mul(1 - weightDecay).sub(step), mean, square];
  });
}
