import * as tf from "@tensorflow/tfjs";
import { FLOAT32_EPSILON, jacobianRows, recordTape, taskGradients } from "../gradients/mod.ts";
import { pairUp, type Recorded, scaled, weightedBackward } from "./_update_parts.ts";
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

/** Weights between these bounds can be divided out again without harm to float32 numbers. */
const DIVISIBLE = { from: 2 ** -20, to: 2 ** 20 };

/**
 * The gradients of losses whose weights are known: one backward pass for all, in which a task's own
 * variables get its weight too, which is then divided out. Tasks of which that cannot be done go
 * back on their own. A weight that all have in common comes last, on the shared variables.
 */
export function knownWeightsUpdate(
  request: UpdateRequest,
  recorded: Recorded,
  weights: readonly number[],
  headWeights: readonly number[] | undefined,
): Map<tf.Variable, tf.Tensor> {
  const { shared, own } = request;
  const common = divisible(weights[0]) && weights.every((weight) => weight === weights[0])
    ? weights[0]
    : 1;
  const rest = weights.map((weight) => weight / common);
  const together = rest.map(divisible);
  const all = [...shared, ...own.filter((_, k) => together[k]).flat()];
  const gradients = weightedBackward(recorded, rest, all);
  const scale = (variables: readonly tf.Variable[], factor: number) => {
    const found = variables.map((variable) => gradients.get(variable) ?? null);
    for (const pair of pairUp(variables, scaled(found, factor))) gradients.set(...pair);
  };
  scale(shared, common);
  for (const [k, variables] of own.entries()) {
    if (!together[k]) {
      const found = recorded.tape.gradients(recorded.losses[k], variables);
      for (const pair of pairUp(variables, found)) gradients.set(...pair);
    }
    scale(variables, (headWeights?.[k] ?? 1) / (together[k] ? rest[k] : 1));
  }
  return gradients;
}

function divisible(weight: number): boolean {
  return Math.abs(weight) >= DIVISIBLE.from && Math.abs(weight) <= DIVISIBLE.to;
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
