import * as tf from "@tensorflow/tfjs";
import { type Balancer, type BalancerReport, computeUpdate } from "../balancing/mod.ts";
import type { Batch } from "../data/dataset.ts";
import { Random } from "../math/random.ts";
import type { MultiTaskModel } from "../models/mod.ts";
import { maskedMean, type Task } from "../tasks/mod.ts";

/** What one batch asks of the weights. */
export interface StepResult {
  /** Mean loss of each task present. */
  readonly losses: Readonly<Record<string, number>>;
  /** Gradients by variable name; whoever gets them disposes them. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly report?: BalancerReport;
  /** Inner products of the gradients of the tasks present, where they were asked for. */
  readonly gramian?: readonly (readonly number[])[];
  /** To be called once the weights have changed, for balancers that look at the losses again. */
  readonly afterUpdate?: () => Promise<void>;
}

/**
 * One forward pass and the gradients of one batch, for the tasks that have labels in it.
 *
 * @param measure Whether to compute the Gramian also where the balancer does not need it.
 * @param checkLosses Called with the losses by task before the balancer looks at gradients.
 */
export async function computeStep(
  model: MultiTaskModel<readonly Task[]>,
  batch: Batch,
  balancer: Balancer,
  random: Random,
  measure = false,
  checkLosses?: (losses: Readonly<Record<string, number>>) => Promise<void>,
): Promise<StepResult> {
  const tasks = model.tasks.filter((task) => batch.targets[task.name]);
  const present = tasks.map((task) => model.tasks.indexOf(task));
  const byName = (losses: readonly number[]) =>
    Object.fromEntries(tasks.map((task, at) => [task.name, losses[at]]));
  const masks = random.state();
  const update = await computeUpdate({
    balancer,
    present,
    forward: () => forward(model, tasks, batch, random),
    shared: model.sharedVariables(),
    own: tasks.map((task) => model.taskVariables(task.name)),
    measure,
    checkLosses: (losses) => checkLosses?.(byName(losses)),
  });
  const names = new Map(model.namedVariables().map(({ name, variable }) => [variable, name]));
  const afterStep = balancer.afterStep?.bind(balancer);
  return {
    losses: byName(update.losses),
    gradients: new Map([...update.gradients].map(([variable, value]) => [
      names.get(variable)!,
      value,
    ])),
    report: update.report,
    ...(measure ? { gramian: update.gramian } : {}),
    ...(afterStep && {
      async afterUpdate() {
        // The same random masks as before, so that only the weights differ.
        const again = tf.tidy(() =>
          tf.stack(forward(model, tasks, batch, Random.fromState(masks)).losses)
        );
        const losses = Array.from(await again.data());
        again.dispose();
        afterStep(losses, present);
      },
    }),
  };
}

/** Mean losses of some tasks over the labelled rows of a batch, and what their heads read. */
function forward(
  model: MultiTaskModel<readonly Task[]>,
  tasks: readonly Task[],
  batch: Batch,
  random: Random,
): { losses: tf.Scalar[]; representation?: tf.Tensor } {
  const names = tasks.map((task) => task.name);
  const { outputs, representation } = model.forward(batch.inputs, names, {
    training: true,
    random,
  });
  const losses = tasks.map((task) =>
    maskedMean(
      task.rowLosses(outputs[task.name], batch.targets[task.name]!),
      batch.masks[task.name],
    )
  );
  return { losses, representation };
}
