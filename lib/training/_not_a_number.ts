import * as tf from "@tensorflow/tfjs";
import type { MultiTaskModel } from "../models/mod.ts";
import type { Task } from "../tasks/mod.ts";

/** Why training cannot go on, for the run that adds what it measured. */
export class NotANumber extends Error {}

/** Where training stands, counted from 1. */
export interface BatchPosition {
  readonly step: number;
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
}

/**
 * Refuses losses that are not finite numbers.
 * @throws {NotANumber} Names task, step, epoch and batch, and says how the weights are.
 */
export async function refuseLosses(
  model: MultiTaskModel<readonly Task[]>,
  losses: Readonly<Record<string, number>>,
  { step, epoch, batch, batches }: BatchPosition,
): Promise<void> {
  for (const [task, loss] of Object.entries(losses)) {
    if (Number.isFinite(loss)) continue;
    const broken = await firstBrokenVariable(model);
    const weights = broken === undefined
      ? "the weights are those before this step"
      : `"${broken}" has not been made of numbers since an earlier step, so load a checkpoint or build the model anew`;
    throw new NotANumber(
      `The loss of task "${task}" is ${loss} at step ${step} (epoch ${epoch}, batch ${batch} of ${batches}); ${weights}. Try a lower learning rate or clipNorm, and look at the inputs of this batch.`,
    );
  }
}

/**
 * Refuses weights that are not finite numbers: a loss may be one while its gradient is not.
 * @throws {NotANumber} Names the variable and the epoch.
 */
export async function refuseWeights(
  model: MultiTaskModel<readonly Task[]>,
  epoch: number,
): Promise<void> {
  const broken = await firstBrokenVariable(model);
  if (broken === undefined) return;
  throw new NotANumber(
    `"${broken}" is no longer made of numbers at the end of epoch ${epoch}, though all losses were; a gradient was not. Try a lower learning rate or clipNorm; the last checkpoint is from before.`,
  );
}

/** The name of the first variable whose sum is not a finite number. */
async function firstBrokenVariable(
  model: MultiTaskModel<readonly Task[]>,
): Promise<string | undefined> {
  const variables = model.namedVariables();
  if (variables.length === 0) return undefined;
  const sums = tf.tidy(() => tf.stack(variables.map(({ variable }) => variable.sum())));
  const values = await sums.data();
  sums.dispose();
  return variables.find((_, at) => !Number.isFinite(values[at]))?.name;
}
