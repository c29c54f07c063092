import * as tf from "@tensorflow/tfjs";
import {
  FLOAT32_EPSILON,
  jacobianRows,
  readGramian,
  recordTape,
  splitRow,
  type Tape,
  taskGradients,
  weightRows,
} from "../gradients/mod.ts";
import type {
  Balancer,
  BalancerContext,
  BalancerReport,
  GramianBalancer,
  JacobianBalancer,
  LossBalancer,
} from "./balancer.ts";

/** One batch, seen by a balancer. */
export interface UpdateRequest {
  readonly balancer: Balancer;
  /** Positions of the tasks present in the batch in the model's list of tasks; at least one. */
  readonly present: readonly number[];
  /**
   * The forward pass, run once: the mean loss of each task present, and what the heads read, where
   * there is one such tensor.
   */
  readonly forward: () => {
    readonly losses: readonly tf.Scalar[];
    readonly representation?: tf.Tensor;
  };
  /** Variables that several tasks train. */
  readonly shared: readonly tf.Variable[];
  /** For each task present the variables that it alone trains. */
  readonly own: readonly (readonly tf.Variable[])[];
  /** Whether to measure the Gramian also where the balancer does not need it. Default false. */
  readonly measure?: boolean;
  /** Called with the losses before the balancer looks at gradients; an error ends the update. */
  readonly checkLosses?: (losses: readonly number[]) => void | Promise<void>;
}

/** What a balancer made of a batch. */
export interface Update {
  /** Losses of the tasks present. */
  readonly losses: number[];
  /** Gradients by variable, owned by the caller; none for variables that no loss depends on. */
  readonly gradients: Map<tf.Variable, tf.Tensor>;
  readonly report?: BalancerReport;
  /** The Gramian of the task gradients, where it was computed. */
  readonly gramian?: number[][];
}

interface Recorded {
  readonly tape: Tape;
  readonly losses: readonly tf.Scalar[];
  readonly representation?: tf.Tensor;
}

/**
 * One forward pass and the gradients that a balancer makes of it.
 *
 * Loss balancers cost one backward pass, the others one for each task present (with
 * `on: "representation"` only through the heads, and one more through the shared part). All are
 * taken from one recording; tasks that are not present cost nothing.
 *
 * @throws {Error} When the balancer needs shared variables or a representation and there are none.
 */
export async function computeUpdate(request: UpdateRequest): Promise<Update> {
  const { balancer, present } = request;
  if (present.length === 0) throw new RangeError("No task is present in the batch.");
  let total: tf.Scalar | undefined;
  const { result, tape } = recordTape(() => {
    const { losses, representation } = request.forward();
    if (balancer.family === "losses") total = balancer.combine(losses, present);
    return { losses: [...losses], representation, total };
  });
  const recorded = { ...result, tape };
  try {
    switch (balancer.family) {
      case "losses":
        return await lossUpdate(balancer, request, recorded, result.total!);
      case "gramian":
        return await gramianUpdate(balancer, request, recorded);
      case "jacobian":
        return await jacobianUpdate(balancer, request, recorded);
    }
  } finally {
    tape.dispose();
    tf.dispose(result);
  }
}

async function lossUpdate(
  balancer: LossBalancer,
  request: UpdateRequest,
  recorded: Recorded,
  total: tf.Scalar,
): Promise<Update> {
  const { tape } = recorded;
  const { shared, own, present } = request;
  if (request.measure && shared.length > 0) {
    // The K gradients add up to that of the total: the one backward pass is not needed as well.
    const slopes = tape.gradients(total, recorded.losses);
    const known = slopes.map((slope) => slope ?? tf.scalar(0));
    const weights = await readScalars(known);
    tf.dispose(known);
    const losses = await readLosses(request, recorded);
    balancer.observe?.(losses, present);
    const each = await eachTask(request, recorded, shared);
    try {
      const gradients = combineEach(request, each, weights, weights);
      return { losses, gradients, gramian: each.gramian, report: balancer.report?.() };
    } finally {
      each.jacobian.dispose();
    }
  }
  const variables = [...shared, ...own.flat()];
  const found = tape.gradients(total, variables);
  try {
    const losses = await readLosses(request, recorded);
    balancer.observe?.(losses, present);
    return { losses, gradients: pairUp(variables, found), report: balancer.report?.() };
  } catch (error) {
    tf.dispose(found.filter((gradient) => gradient !== null));
    throw error;
  }
}

async function gramianUpdate(
  balancer: GramianBalancer,
  request: UpdateRequest,
  recorded: Recorded,
): Promise<Update> {
  const { present, shared, own } = request;
  requireShared(balancer, shared);
  const held = balancer.held?.(present);
  if (held && !request.measure) {
    const { tape } = recorded;
    const losses = await readLosses(request, recorded);
    const heads = balancer.headWeights?.() ?? held.map(() => 1);
    const gradients = new Map([
      ...weightedBackward(recorded, held, shared),
      ...own.flatMap((variables, k) => [
        ...pairUp(variables, scaled(tape.gradients(recorded.losses[k], variables), heads[k])),
      ]),
    ]);
    return { losses, gradients, report: balancer.report?.() };
  }
  const { representation } = recorded;
  if (balancer.on === "representation" && !representation) {
    throw new Error(
      `Balancer "${balancer.name}" works on the representation, but this architecture has no single one; use on: "shared".`,
    );
  }
  const source = balancer.on === "representation" ? [representation!] : shared;
  const each = await eachTask(request, recorded, source);
  try {
    const losses = await readLosses(request, recorded);
    const context: BalancerContext = { losses, epsilon: FLOAT32_EPSILON };
    const weights = held ?? balancer.weights(each.gramian, present, context);
    const gradients = combineEach(request, each, weights, balancer.headWeights?.(), (row) => {
      if (balancer.on !== "representation") return splitRow(row, shared);
      const upstream = row.reshape(representation!.shape);
      const found = recorded.tape.gradients(representation!, shared, upstream);
      upstream.dispose();
      return found;
    });
    return { losses, gradients, gramian: each.gramian, report: balancer.report?.() };
  } catch (error) {
    tf.dispose(each.own.flat().filter((gradient) => gradient !== null));
    throw error;
  } finally {
    each.jacobian.dispose();
  }
}

async function jacobianUpdate(
  balancer: JacobianBalancer,
  request: UpdateRequest,
  recorded: Recorded,
): Promise<Update> {
  const { present, shared } = request;
  requireShared(balancer, shared);
  const each = await eachTask(request, recorded, shared, request.measure ?? false);
  try {
    const [losses, values] = await Promise.all([
      readLosses(request, recorded),
      each.jacobian.data() as Promise<Float32Array>,
    ]);
    const columns = each.jacobian.shape[1];
    const rows = losses.map((_, k) => values.subarray(k * columns, (k + 1) * columns));
    const direction = balancer.combine(rows, present, {
      losses,
      epsilon: FLOAT32_EPSILON,
      groups: shared.map(({ size }) => size),
    });
    const row = tf.tensor1d(direction);
    const gradients = new Map([
      ...pairUp(shared, splitRow(row, shared)),
      ...ownGradients(request, each.own, balancer.headWeights?.()),
    ]);
    row.dispose();
    return {
      losses,
      gradients,
      report: balancer.report?.(),
      ...(request.measure ? { gramian: each.gramian } : {}),
    };
  } catch (error) {
    tf.dispose(each.own.flat().filter((gradient) => gradient !== null));
    throw error;
  } finally {
    each.jacobian.dispose();
  }
}

interface EachTask {
  readonly jacobian: tf.Tensor2D;
  readonly own: (tf.Tensor | null)[][];
  readonly gramian: number[][];
}

/** One backward pass a task, its gradients by `source` as rows, and their Gramian. */
async function eachTask(
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
function combineEach(
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

function ownGradients(
  { own }: UpdateRequest,
  gradients: (tf.Tensor | null)[][],
  headWeights: readonly number[] | undefined,
): [tf.Variable, tf.Tensor][] {
  return own.flatMap((variables, k) => [
    ...pairUp(variables, scaled(gradients[k], headWeights?.[k] ?? 1)),
  ]);
}

/** The gradients times a factor; consumes those given. */
function scaled(gradients: (tf.Tensor | null)[], factor: number): (tf.Tensor | null)[] {
  if (factor === 1) return gradients;
  return gradients.map((gradient) => {
    const product = gradient && gradient.mul(factor);
    gradient?.dispose();
    return product;
  });
}

/** One backward pass of the weighted sum of the losses. */
function weightedBackward(
  { tape, losses }: Recorded,
  weights: readonly number[],
  variables: readonly tf.Variable[],
): Map<tf.Variable, tf.Tensor> {
  const upstreams = weights.map((weight) => tf.scalar(weight));
  const found = tape.gradientsOfSum(losses, variables, upstreams);
  tf.dispose(upstreams);
  return pairUp(variables, found);
}

function pairUp(
  variables: readonly tf.Variable[],
  gradients: readonly (tf.Tensor | null)[],
): Map<tf.Variable, tf.Tensor> {
  return new Map(
    variables.flatMap((variable, at) => gradients[at] ? [[variable, gradients[at]!] as const] : []),
  );
}

async function readLosses(request: UpdateRequest, { losses }: Recorded): Promise<number[]> {
  const values = await readScalars(losses);
  await request.checkLosses?.(values);
  return values;
}

async function readScalars(scalars: readonly tf.Tensor[]): Promise<number[]> {
  const stacked = tf.stack([...scalars]);
  const values = await stacked.data();
  stacked.dispose();
  return Array.from(values);
}

function requireShared(balancer: Balancer, shared: readonly tf.Variable[]): void {
  if (shared.length > 0) return;
  throw new Error(
    `Balancer "${balancer.name}" balances the gradients of shared variables, but this model has none.`,
  );
}
