import * as tf from "@tensorflow/tfjs";
import { FLOAT32_EPSILON, keepGradients, splitRow } from "../gradients/mod.ts";
import { ownGradients, pairUp, readLosses, type Recorded, requireShared } from "./_update_parts.ts";
import type { BalancerContext, JacobianBalancer } from "./balancer.ts";
import type { Update, UpdateRequest } from "./update.ts";

/**
 * One backward pass a task, and the update that a method makes of whole gradients: of the shared
 * variables, or of the representation, from which the update goes on through the shared part.
 */
export async function jacobianUpdate(
  balancer: JacobianBalancer,
  request: UpdateRequest,
  recorded: Recorded,
): Promise<Update> {
  const { present, shared } = request;
  requireShared(balancer, shared);
  const { tape, representation } = recorded;
  const onRepresentation = balancer.on === "representation";
  if (onRepresentation && !representation) {
    throw new Error(
      `Balancer "${balancer.name}" works on the representation, but this architecture has no single one; use on: "shared".`,
    );
  }
  const source = onRepresentation ? [representation!] : shared;
  const { kept, own: heads } = keepGradients(tape, recorded.losses, source, request.own);
  try {
    const losses = await readLosses(request, recorded);
    const jacobian = kept.rows();
    const values = await jacobian.data() as Float32Array;
    const columns = jacobian.shape[1];
    const rows = losses.map((_, k) => values.subarray(k * columns, (k + 1) * columns));
    const context: BalancerContext = {
      losses,
      epsilon: FLOAT32_EPSILON,
      ...onRepresentation
        ? { activations: await representation!.data(), examples: representation!.shape[0] }
        : { groups: shared.map(({ size }) => size) },
    };
    const direction = balancer.combine(rows, present, context);
    const gramian = request.measure ? await kept.gramian() : undefined;
    const row = tf.tensor1d(Float32Array.from(direction));
    const parts = splitRow(row, source);
    row.dispose();
    const found = onRepresentation ? tape.gradients(representation!, shared, parts[0]) : parts;
    if (onRepresentation) tf.dispose(parts);
    const gradients = new Map([
      ...pairUp(shared, found),
      ...ownGradients(request, heads, balancer.headWeights?.()),
    ]);
    return { losses, gradients, report: balancer.report?.(), ...gramian && { gramian } };
  } catch (error) {
    tf.dispose(heads.flat().filter((gradient) => gradient !== null));
    throw error;
  } finally {
    kept.dispose();
  }
}
