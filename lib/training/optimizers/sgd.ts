import * as tf from "@tensorflow/tfjs";
import { checkPositive, checkShare } from "./_checks.ts";
import type { Optimizer } from "./optimizer.ts";
import { fusedUpdate, withSlots } from "./_slots.ts";

/** Settings of {@linkcode sgd}. */
export interface SgdOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Share of the last step that is kept, in [0, 1). Default 0. */
  readonly momentum?: number;
  /** Look ahead along the momentum (Nesterov). Default false. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent: velocity = momentum * velocity + gradient;
 * value = value - learningRate * velocity (with Nesterov: gradient + momentum * velocity).
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
  checkPositive("learningRate", learningRate);
  checkShare("momentum", momentum);
  return {
    name: "sgd",
    learningRate,
    configuration: { learningRate, momentum, nesterov },
    start: (variables) =>
      momentum === 0
        ? withSlots(
          variables,
          [],
          (value, gradient, _slots, rate) => tf.tidy(() => [value.sub(gradient.mul(rate))]),
        )
        : withSlots(
          variables,
          ["velocity"],
          (value, gradient, [velocity], rate) =>
            fusedUpdate("PolytaskMomentum", { value, gradient, velocity }, {
              learningRate: rate,
              momentum,
              nesterov,
              weightDecay: 0,
            }) ?? tf.tidy(() => {
              const next = velocity.mul(momentum).add(gradient);
              const direction = nesterov ? next.mul(momentum).add(gradient) : next;
              return [value.sub(direction.mul(rate)), next];
            }),
        ),
  };
}
