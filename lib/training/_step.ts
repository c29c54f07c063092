import * as tf from "@tensorflow/tfjs";
import type { Balancer, BalancerReport } from "../balancing/balancer.ts";
import type { Batch } from "../data/dataset.ts";
import type { Random } from "../math/random.ts";
import type { MultiTaskModel, NamedVariable } from "../models/mod.ts";
import { maskedMean, type Task } from "../tasks/mod.ts";

/** What one batch asks of the weights. */
export interface StepResult {
  /** Mean loss of each task present. */
  readonly losses: Readonly<Record<string, number>>;
  /** Gradients by variable name; whoever gets them disposes them. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly report?: BalancerReport;
}

/** One forward pass and the gradients of one batch, for the tasks that have labels in it. */
export async function computeStep(
  model: MultiTaskModel<readonly Task[]>,
  batch: Batch,
  balancer: Balancer | undefined,
  random: Random,
): Promise<StepResult> {
  if (balancer && balancer.family !== "losses") {
    throw new Error(`Balancer "${balancer.name}" looks at gradients, which fit cannot do yet.`);
  }
  const present = model.tasks.filter((task) => batch.targets[task.name]);
  const positions = present.map((task) => model.tasks.indexOf(task));
  const variables = trainedBy(model, present);
  const kept: tf.Scalar[] = [];
  const { value, grads } = tf.variableGrads(() => {
    const names = present.map((task) => task.name);
    const { outputs } = model.forward(batch.inputs, names, { training: true, random });
    const losses = present.map((task) =>
      maskedMean(
        task.rowLosses(outputs[task.name], batch.targets[task.name]!),
        batch.masks[task.name],
      )
    );
    kept.push(...losses.map((loss) => tf.keep(loss.clone())));
    return balancer
      ? balancer.combine(losses, positions)
      : losses.reduce((sum, loss) => sum.add(loss));
  }, variables.map(({ variable }) => variable));
  value.dispose();
  const losses: Record<string, number> = {};
  for (const [at, task] of present.entries()) losses[task.name] = (await kept[at].data())[0];
  tf.dispose(kept);
  const gradients = new Map(
    variables.map(({ name, variable }) => [name, grads[variable.name]]),
  );
  return { losses, gradients, report: balancer?.report?.() };
}

/** The variables that these tasks train: the shared ones and their own. */
function trainedBy(
  model: MultiTaskModel<readonly Task[]>,
  tasks: readonly Task[],
): NamedVariable[] {
  const trained = new Set([
    ...model.sharedVariables(),
    ...tasks.flatMap((task) => model.taskVariables(task.name)),
  ]);
  return model.namedVariables().filter(({ variable }) => trained.has(variable));
}
