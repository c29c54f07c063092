import * as tf from "@tensorflow/tfjs";
import type { KeptGradients, Tape } from "../gradients/mod.ts";
import type { Balancer } from "./balancer.ts";
import type { UpdateRequest } from "./update.ts";

/** A forward pass and its tape. */
export interface Recorded {
  readonly tape: Tape;
  readonly losses: readonly tf.Scalar[];
  readonly representation?: tf.Tensor;
}

/** The gradients of the tasks' own variables times the head weights; consumes those given. */
export function ownGradients(
  { own }: UpdateRequest,
  gradients: (tf.Tensor | null)[][],
  headWeights: readonly number[] | undefined,
): [tf.Variable, tf.Tensor][] {
  return own.flatMap((variables, k) => [
    ...pairUp(variables, scaled(gradients[k], headWeights?.[k] ?? 1)),
  ]);
}

/** The gradients times a factor; consumes those given. */
export function scaled(gradients: (tf.Tensor | null)[], factor: number): (tf.Tensor | null)[] {
  if (factor === 1) return gradients;
  const by = tf.scalar(factor);
  const products = gradients.map((gradient) => gradient && gradient.mul(by));
  tf.dispose([by, ...gradients.filter((gradient) => gradient !== null)]);
  return products;
}

/** One backward pass of the weighted sum of the losses. */
export function weightedBackward(
  { tape, losses }: Recorded,
  weights: readonly number[],
  variables: readonly tf.Variable[],
): Map<tf.Variable, tf.Tensor> {
  const upstreams = weights.map((weight) => tf.scalar(weight));
  const found = tape.gradientsOfSum(losses, variables, upstreams);
  tf.dispose(upstreams);
  return pairUp(variables, found);
}

/** Gradients by variable, without those that there are not. */
export function pairUp(
  variables: readonly tf.Variable[],
  gradients: readonly (tf.Tensor | null)[],
): Map<tf.Variable, tf.Tensor> {
  return new Map(
    variables.flatMap((variable, at) => gradients[at] ? [[variable, gradients[at]!] as const] : []),
  );
}

/** The Gramian, and the losses once the caller had a look at them. */
export async function readGramianAndLosses(
  request: UpdateRequest,
  { losses }: Recorded,
  kept: KeptGradients,
): Promise<{ gramian: number[][]; losses: number[] }> {
  const [gramian, values] = await kept.gramianWith(...losses);
  await request.checkLosses?.(values);
  return { gramian, losses: values };
}

/** The losses, once the caller had a look at them. */
export async function readLosses(request: UpdateRequest, { losses }: Recorded): Promise<number[]> {
  const values = await readScalars(losses);
  await request.checkLosses?.(values);
  return values;
}

/** Several scalars in one read. */
export async function readScalars(scalars: readonly tf.Tensor[]): Promise<number[]> {
  const stacked = tf.stack([...scalars]);
  const values = await stacked.data();
  stacked.dispose();
  return Array.from(values);
}

/** Throws when there is nothing to balance. */
export function requireShared(balancer: Balancer, shared: readonly tf.Variable[]): void {
  if (shared.length > 0) return;
  throw new Error(
    `Balancer "${balancer.name}" balances the gradients of shared variables, but this model has none.`,
  );
}
