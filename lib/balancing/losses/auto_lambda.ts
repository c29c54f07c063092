import * as tf from "@tensorflow/tfjs";
import { recordTape } from "../../gradients/mod.ts";
import { norm } from "../../math/matrix.ts";
import type { LossBalancer, Probe } from "../balancer.ts";
import { LearnedNumbers } from "./_adam.ts";
import { lossMethod, weightedLoss } from "./_loss_method.ts";

/** Settings of {@linkcode autoLambda}. */
export interface AutoLambdaOptions {
  /** Positions of the tasks that count in the end. Default: all. */
  readonly primary?: readonly number[];
  /** First weights. Default 0.1. */
  readonly initial?: number | readonly number[];
  /** Step length of the weights, which have an Adam of their own. Default 1e-4. */
  readonly learningRate?: number;
  /** Length of the trial step relative to the gradient: the model's learning rate. Default 0.01. */
  readonly trialRate?: number;
}

/** Finite differences move the variables by this length altogether. */
const MOVE = 0.01;

/**
 * Auto-Lambda: weights that are learned to make the primary tasks' losses on held-out rows fall.
 *
 * Before each step a trial step along the weighted gradient is taken; the weights descend along the
 * derivative of the primary held-out losses after it, found by finite differences:
 * `-trialRate (L_i(v + e d) - L_i(v - e d)) / (2 e)` with `d` the held-out gradient after the trial
 * step and `e = 0.01 / |d|`. Variables are put back exactly. Costs two more backward passes and
 * four more forward passes a step; half of every batch is held out for it.
 *
 * Liu et al., "Auto-Lambda", TMLR 2022, arXiv 2202.03091. The paper draws the held-out rows as a
 * batch of their own.
 */
export function autoLambda(options: AutoLambdaOptions = {}): LossBalancer {
  const { primary, initial = 0.1, learningRate = 1e-4, trialRate = 0.01 } = options;
  const weights = new LearnedNumbers(learningRate, initial);
  let known = true;
  return lossMethod({
    name: "auto-lambda",
    configuration: { primary, initial, learningRate, trialRate },
    perTask: { initial },
    combine: (losses, { present }) => weightedLoss(losses, weights.of(present)),
    weights: (_, { present }) => weights.of(present),
    async lookAhead(probe) {
      const counts = probe.present.map((task) => !primary || primary.includes(task) ? 1 : 0);
      const slopes = await autoLambdaSlopes(probe, weights.of(probe.present), counts, trialRate);
      known = slopes !== undefined;
      if (slopes) weights.descend(probe.present, slopes);
    },
    notes: () => known ? [] : ["the weights were not moved: no primary task has a gradient"],
    state: () => weights.state(),
    restore: (state) => weights.restore(state),
    reset(tasks) {
      weights.reset(tasks);
      known = true;
    },
  });
}

/**
 * Derivatives of the primary held-out losses after a trial step with respect to the weights;
 * `undefined` where the held-out gradient vanishes. Leaves the variables as they were.
 *
 * @param primary 1 for tasks that count, else 0.
 */
export async function autoLambdaSlopes(
  probe: Probe,
  weights: readonly number[],
  primary: readonly number[],
  trialRate: number,
): Promise<number[] | undefined> {
  const { variables } = probe;
  const start = variables.map((variable) => variable.clone());
  const moveBy = (direction: readonly (tf.Tensor | null)[], length: number) => {
    variables.forEach((variable, at) => {
      const next = tf.tidy(() => {
        const step = direction[at];
        return step ? start[at].add(step.mul(length)) : start[at].clone();
      });
      variable.assign(next);
      next.dispose();
    });
  };
  const slopesOf = (rows: "train" | "held out", factors: readonly number[]) => {
    const { result, tape } = recordTape(() => weightedLoss(probe.losses(rows), factors));
    const found = tape.gradients(result, variables);
    tape.dispose();
    result.dispose();
    return found;
  };
  const held: (tf.Tensor | null)[] = [];
  try {
    const trial = slopesOf("train", weights);
    moveBy(trial, -trialRate);
    disposeAll(trial);
    held.push(...slopesOf("held out", primary));
    const lengths = await Promise.all(held.map(async (gradient) => {
      if (!gradient) return 0;
      const length = gradient.norm();
      const [value] = await length.data();
      length.dispose();
      return value;
    }));
    const length = norm(lengths);
    if (length === 0) return undefined;
    const reach = MOVE / length;
    const at = async (side: number) => {
      moveBy(held, side * reach);
      const losses = tf.tidy(() => tf.stack([...probe.losses("train")]));
      const values = Array.from(await losses.data());
      losses.dispose();
      return values;
    };
    const ahead = await at(1);
    const behind = await at(-1);
    return ahead.map((loss, i) => -trialRate * (loss - behind[i]) / (2 * reach));
  } finally {
    variables.forEach((variable, at) => variable.assign(start[at]));
    disposeAll([...start, ...held]);
  }
}

function disposeAll(tensors: readonly (tf.Tensor | null)[]): void {
  tf.dispose(tensors.filter((tensor) => tensor !== null));
}
