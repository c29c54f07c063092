import * as tf from "@tensorflow/tfjs";
import { FLOAT32_EPSILON, readSymmetric, recordTape, type Tape } from "../gradients/mod.ts";
import { compare } from "./_compare.ts";
import { independentUpdate, knownWeightsUpdate } from "./_independent.ts";
import { jacobianUpdate } from "./_whole_gradients.ts";
import {
  ownGradients,
  pairUp,
  readGramianAndLosses,
  readLosses,
  readScalars,
  type Recorded,
  requireShared,
  weightedBackward,
} from "./_update_parts.ts";
import type {
  Balancer,
  BalancerContext,
  BalancerReport,
  GradientSource,
  GramianBalancer,
  LossBalancer,
} from "./balancer.ts";

/**
 * A forward pass: the mean loss of each task present, and what the heads read, where there is one
 * such tensor.
 */
export type Forward = () => {
  readonly losses: readonly tf.Scalar[];
  readonly representation?: tf.Tensor;
  /** A term added to the losses that nothing balances. */
  readonly penalty?: tf.Scalar;
};

/** One batch, seen by a balancer. */
export interface UpdateRequest {
  /** What turns the losses into one update. */
  readonly balancer: Balancer;
  /** Positions of the tasks present in the batch in the model's list of tasks; at least one. */
  readonly present: readonly number[];
  /** The forward pass over the batch, run once. */
  readonly forward: Forward;
  /**
   * Forward passes over three independent parts of the batch, for balancers that take products of
   * gradients from two samples and train on a third. Without them such balancers get the Gramian of
   * the whole batch.
   */
  readonly samples?: readonly Forward[];
  /** Variables that several tasks train. */
  readonly shared: readonly tf.Variable[];
  /** For each task present the variables that it alone trains. */
  readonly own: readonly (readonly tf.Variable[])[];
  /** Those of the shared variables that belong to the layer before the heads. */
  readonly lastLayer?: readonly tf.Variable[];
  /**
   * Measure the Gramian also where the balancer does not need it. With loss balancers that of the
   * gradients by all shared variables, by the last shared layer or by the representation; the last
   * two are cheap. `true`: by the representation, where the forward pass gives one, else by all shared
   * variables. Gramian and Jacobian methods give the one of the gradients that they use. Default
   * false.
   */
  readonly measure?: boolean | GradientSource;
  /**
   * Most bytes that the shared gradients of all tasks may take together. Above it Gramian methods
   * multiply them as they come and take one more backward pass. Default 256 MiB.
   */
  readonly keepBytes?: number;
  /** Called with the losses before the balancer looks at gradients; an error ends the update. */
  readonly checkLosses?: (losses: readonly number[]) => void | Promise<void>;
}

const KEEP_BYTES = 2 ** 28;
const FLOAT32_BYTES = 4;

/** What a balancer made of a batch. */
export interface Update {
  /** Losses of the tasks present. */
  readonly losses: number[];
  /** Gradients by variable, owned by the caller; none for variables that no loss depends on. */
  readonly gradients: Map<tf.Variable, tf.Tensor>;
  /** What the balancer says it did, where it says so. */
  readonly report?: BalancerReport;
  /** The Gramian of the task gradients, where it was computed. */
  readonly gramian?: number[][];
}

/**
 * One forward pass and the gradients that a balancer makes of it.
 *
 * Loss balancers cost one backward pass, the others one for each task present (with
 * `on: "representation"` or `"last layer"` only through the heads, and one more through the shared part). All are
 * taken from one recording; tasks that are not present cost nothing.
 *
 * @throws {Error} When the balancer needs shared variables or a representation and there are none.
 */
export async function computeUpdate(request: UpdateRequest): Promise<Update> {
  const { balancer, present } = request;
  if (present.length === 0) throw new RangeError("No task is present in the batch.");
  let total: tf.Scalar | undefined;
  const held = balancer.family === "gramian" ? balancer.held?.(present) : undefined;
  const third = balancer.family === "gramian" && balancer.independent && !held &&
    request.samples?.[2];
  const { result, tape } = recordTape(() => {
    const { losses, representation, penalty } = (third || request.forward)();
    if (balancer.family === "losses") total = balancer.combine(losses, present);
    return { losses: [...losses], representation, penalty, total };
  });
  const recorded = { ...result, tape };
  try {
    const update = await balancedUpdate(request, recorded, result.total, held);
    return result.penalty ? withPenalty(update, request, tape, result.penalty) : update;
  } finally {
    tape.dispose();
    tf.dispose(result);
  }
}

async function balancedUpdate(
  request: UpdateRequest,
  recorded: Recorded,
  total: tf.Scalar | undefined,
  held: number[] | undefined,
): Promise<Update> {
  const { balancer } = request;
  switch (balancer.family) {
    case "losses":
      return await lossUpdate(balancer, request, recorded, total!);
    case "gramian":
      return await gramianUpdate(balancer, request, recorded, held);
    case "jacobian":
      return await jacobianUpdate(balancer, request, recorded);
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
    const who = "The recording of the Gramian";
    const cheapest = recorded.representation ? "representation" : "shared";
    const on = request.measure === true ? cheapest : request.measure;
    const compared = compare(on, who, request, recorded);
    try {
      const gramian = await compared.kept.gramian();
      const gradients = new Map([
        ...compared.shared(weights),
        ...ownGradients(request, compared.own, weights),
      ]);
      return { losses, gradients, gramian, report: balancer.report?.() };
    } finally {
      compared.dispose();
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
  held: number[] | undefined,
): Promise<Update> {
  const { present, shared } = request;
  requireShared(balancer, shared);
  if (held && !request.measure) {
    const losses = await readLosses(request, recorded);
    const gradients = knownWeightsUpdate(request, recorded, held, balancer.headWeights?.());
    return { losses, gradients, report: balancer.report?.() };
  }
  if (balancer.independent && request.samples && !held) {
    return await independentUpdate(balancer, request, recorded);
  }
  const bytes = FLOAT32_BYTES * present.length * shared.reduce((sum, { size }) => sum + size, 0);
  const { on = "shared" } = balancer;
  if (on === "shared" && bytes > (request.keepBytes ?? KEEP_BYTES)) {
    return await streamedUpdate(balancer, request, recorded, held);
  }
  const compared = compare(on, `Balancer "${balancer.name}"`, request, recorded);
  const { kept, own: heads } = compared;
  try {
    const { gramian, losses } = await readGramianAndLosses(request, recorded, kept);
    const context: BalancerContext = { losses, epsilon: FLOAT32_EPSILON };
    const weights = held ?? balancer.weights(gramian, present, context);
    const gradients = new Map([
      ...compared.shared(weights),
      ...ownGradients(request, heads, balancer.headWeights?.()),
    ]);
    return { losses, gradients, gramian, report: balancer.report?.() };
  } catch (error) {
    tf.dispose(heads.flat().filter((gradient) => gradient !== null));
    throw error;
  } finally {
    compared.dispose();
  }
}

/** The update plus the gradients of the penalty; takes over those of the update. */
function withPenalty(
  update: Update,
  { shared, own }: UpdateRequest,
  tape: Tape,
  penalty: tf.Scalar,
): Update {
  const variables = [...shared, ...own.flat()];
  const gradients = new Map(update.gradients);
  tape.gradients(penalty, variables).forEach((gradient, at) => {
    if (!gradient) return;
    const before = gradients.get(variables[at]);
    gradients.set(variables[at], before ? before.add(gradient) : gradient);
    if (before) tf.dispose([before, gradient]);
  });
  return { ...update, gradients };
}

/** A Gramian method whose task gradients are too many to keep side by side. */
async function streamedUpdate(
  balancer: GramianBalancer,
  request: UpdateRequest,
  recorded: Recorded,
  held: number[] | undefined,
): Promise<Update> {
  const { present, shared } = request;
  const { gramian: product, own } = recorded.tape.gramian(recorded.losses, shared, request.own);
  try {
    const losses = await readLosses(request, recorded);
    const gramian = await readSymmetric(product);
    const context: BalancerContext = { losses, epsilon: FLOAT32_EPSILON };
    const weights = held ?? balancer.weights(gramian, present, context);
    const gradients = new Map([
      ...weightedBackward(recorded, weights, shared),
      ...ownGradients(request, own, balancer.headWeights?.()),
    ]);
    return { losses, gradients, gramian, report: balancer.report?.() };
  } catch (error) {
    tf.dispose(own.flat().filter((gradient) => gradient !== null));
    throw error;
  } finally {
    product.dispose();
  }
}
