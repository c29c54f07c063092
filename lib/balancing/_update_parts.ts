import * as tf from "@tensorflow/tfjs";
import {
  jacobianRows,
  readGramian,
  splitRow,
  type Tape,
  taskGradients,
  weightRows,
} from "../gradients/mod.ts";
import type { Balancer } from "./balancer.ts";
import type { UpdateRequest } from "./update.ts";

/** A forward pass and its tape. */
export interface Recorded {
  readonly tape: Tape;
  readonly losses: readonly tf.Scalar[];
  readonly representation?: tf.Tensor;
}

/** What one backward pass a task gave. */
export interface EachTask {
  readonly jacobian: tf.Tensor2D;
  readonly own: (tf.Tensor | null)[][];
  readonly gramian: number[][];
}

/** One backward pass a task, its gradients by `source` as rows, and their Gramian. */
export async function eachTask(
  { own }: UpdateRequest,
  { tape, losses }: Recorded,
  source: readonly tf.Tensor[],
  multiply = true,
): Promise<EachTask> {
  const gradients = taskGradients(tape, losses, source, own);
  const jacobian = jacobianRows(gradients.shared, source);
  tf.dispose(gradients.shared.flat().filter((gradient) => gradient !== null));
  return {
    jacobian,
    own: gradients.own,
    gramian: multiply ? await readGramian(jacobian) : [],
  };
}

/** Adds up the tasks' gradients with the weights. */
export function combineEach(
  request: UpdateRequest,
  each: EachTask,
  weights: readonly number[],
  headWeights: readonly number[] | undefined,
  toShared: (row: tf.Tensor) => (tf.Tensor | null)[] = (row) => splitRow(row, request.shared),
): Map<tf.Variable, tf.Tensor> {
  const row = weightRows(each.jacobian, weights);
  const shared = toShared(row);
  row.dispose();
  return new Map([
    ...pairUp(request.shared, shared),
    ...ownGradients(request, each.own, headWeights),
  ]);
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
  return gradients.map((gradient) => {
    const product = gradient && gradient.mul(factor);
    gradient?.dispose();
    return product;
  });
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
