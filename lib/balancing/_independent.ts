import * as tf from "@tensorflow/tfjs";
import { FLOAT32_EPSILON, jacobianRows, recordTape, taskGradients } from "../gradients/mod.ts";
import { ownGradients, type Recorded, weightedBackward } from "./_update_parts.ts";
import type { GramianBalancer } from "./balancer.ts";
import type { Forward, Update, UpdateRequest } from "./update.ts";

/**
 * An update with the inner products of gradients from two independent samples, on the losses of a
 * third, which is the one that is recorded. The losses are the means of all three.
 */
export async function independentUpdate(
  balancer: GramianBalancer,
  request: UpdateRequest,
  recorded: Recorded,
): Promise<Update> {
  const { present, shared, lastLayer } = request;
  const source = balancer.on === "last layer" ? lastLayer ?? [] : shared;
  if (source.length === 0) {
    throw new Error(
      `Balancer "${balancer.name}" works on the last shared layer, but was not told which it is.`,
    );
  }
  const [first, second] = request.samples!.slice(0, 2).map((sample) => rowsOf(sample, source));
  const all = tf.tidy(() =>
    tf.concat([
      tf.matMul(first.rows, second.rows, false, true).reshape([-1]),
      first.losses.add(second.losses).add(tf.stack([...recorded.losses])).div(3),
      ...request.measure ? [tf.matMul(first.rows, first.rows, false, true).reshape([-1])] : [],
    ])
  );
  tf.dispose([first.rows, first.losses, second.rows, second.losses]);
  const values = Array.from(await all.data());
  all.dispose();
  const count = present.length;
  const matrix = (start: number) =>
    present.map((_, i) => values.slice(start + i * count, start + (i + 1) * count));
  const losses = values.slice(count * count, count * count + count);
  await request.checkLosses?.(losses);
  const weights = balancer.weights(matrix(0), present, { losses, epsilon: FLOAT32_EPSILON });
  return {
    losses,
    gradients: knownWeightsUpdate(request, recorded, weights, balancer.headWeights?.()),
    report: balancer.report?.(),
    ...request.measure && { gramian: matrix(count * count + count) },
  };
}

/** The gradients of losses whose weights are known. */
export function knownWeightsUpdate(
  request: UpdateRequest,
  recorded: Recorded,
  weights: readonly number[],
  headWeights: readonly number[] | undefined,
): Map<tf.Variable, tf.Tensor> {
  const { shared, own } = request;
  const heads = own.map((variables, k) => recorded.tape.gradients(recorded.losses[k], variables));
  return new Map([
    ...weightedBackward(recorded, weights, shared),
    ...ownGradients(request, heads, headWeights),
  ]);
}

/** The task gradients of a sample as rows, and its losses. */
function rowsOf(sample: Forward, source: readonly tf.Variable[]) {
  const { result, tape } = recordTape(() => [...sample().losses]);
  const { shared } = taskGradients(tape, result, source);
  tape.dispose();
  const rows = jacobianRows(shared, source);
  tf.dispose(shared as tf.TensorContainer);
  const losses = tf.stack(result);
  tf.dispose(result);
  return { rows, losses };
}
