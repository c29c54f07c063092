import * as tf from "@tensorflow/tfjs";
import { stepInPlace } from "../../backend/fused/optimizer_step.ts";
import { checkPositive, checkShare } from "./_checks.ts";
import type { Optimizer } from "./optimizer.ts";
import { withSlots } from "./_slots.ts";

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
      withSlots(variables, {
        slots: momentum === 0 ? [] : ["velocity"],
        together: (updates) =>
          stepInPlace("PolytaskMomentum", updates, {
            momentum,
            nesterov,
            learningRates: updates.map((update) => update.learningRate),
          }),
        alone: ({ variable, gradient, slots: [velocity], learningRate }) =>
          tf.tidy(() => {
            if (!velocity) return [variable.sub(gradient.mul(learningRate))];
            const next = velocity.mul(momentum).add(gradient);
            const direction = nesterov ? next.mul(momentum).add(gradient) : next;
            return [variable.sub(direction.mul(learningRate)), next];
          }),
      }),
  };
}
