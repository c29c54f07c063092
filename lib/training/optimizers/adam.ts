import * as tf from "@tensorflow/tfjs";
import { stepInPlace } from "../../backend/fused/optimizer_step.ts";
import { checkPositive, checkShare } from "./_checks.ts";
import type { Optimizer } from "./optimizer.ts";
import { withSlots } from "./_slots.ts";

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
      withSlots(variables, {
        slots: ["mean", "square"],
        together: (updates) =>
          stepInPlace("PolytaskAdam", updates, {
            beta1,
            beta2,
            epsilon,
            learningRates: updates.map((update) =>
              update.learningRate / (1 - beta1 ** update.step)
            ),
            secondCorrections: updates.map(({ step }) => 1 / (1 - beta2 ** step)),
            weightDecays: updates.map((update) => update.learningRate * weightDecay),
          }),
        alone: ({ variable, gradient, slots: [m, v], learningRate, step }) =>
          tf.tidy(() => {
            const mean = m.mul(beta1).add(gradient.mul(1 - beta1));
            const square = v.mul(beta2).add(gradient.square().mul(1 - beta2));
            const root = square.mul(1 / (1 - beta2 ** step)).sqrt().add(epsilon);
            const change = mean.mul(learningRate / (1 - beta1 ** step)).div(root);
            return [variable.mul(1 - learningRate * weightDecay).sub(change), mean, square];
          }),
      }),
  };
}
