import { ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type MultiTaskModel, Random, type Task } from "polytask";

/** Variables that a loss rightly does not train. */
export interface Unreached {
  readonly name: RegExp;
  readonly why: string;
  /** The task whose loss does not. Default: all. */
  readonly by?: string;
  /** Whether the penalty that training adds trains them. Default false. */
  readonly byPenalty?: boolean;
}

/**
 * In a pass of training the loss of every task reaches each shared variable and each of its own,
 * those in `unreached` apart, and none of another task. In the last shared layer every task has a
 * gradient, for methods that look at it alone.
 */
export async function checkGradients(
  model: MultiTaskModel,
  batch: {
    readonly inputs: Readonly<Record<string, tf.Tensor>>;
    readonly targets: Readonly<Record<string, tf.Tensor | undefined>>;
  },
  unreached: readonly Unreached[],
): Promise<void> {
  const shared = new Set(model.sharedVariables());
  const excused = (name: string, task?: string) =>
    unreached.find((each) => each.name.test(name) && (each.by ?? task) === task);
  for (const task of model.tasks) {
    const own = new Set(model.taskVariables(task.name));
    const sizes = await sizesOf(model, () => lossOf(model, task, batch));
    for (const { name, variable } of model.namedVariables()) {
      if (!variable.trainable) continue;
      const size = sizes.get(variable)!;
      const what = `the loss of ${task.name} gives ${name} a gradient of ${size}`;
      const { why } = excused(name, task.name) ?? {};
      if (!shared.has(variable) && !own.has(variable)) strictEqual(size, 0, what);
      else if (why !== undefined) ok(size < 1e-6, `${what}, although ${why}`);
      else ok(size > 1e-7, what);
    }
    const last = model.lastSharedLayer();
    strictEqual(last.some((variable) => sizes.get(variable)! > 0), shared.size > 0, task.name);
  }
  if (!unreached.some(({ byPenalty }) => byPenalty)) return;
  const sizes = await sizesOf(model, () => penaltyOf(model, batch.inputs));
  for (const { name, variable } of model.namedVariables()) {
    if (excused(name)?.byPenalty) ok(sizes.get(variable)! > 1e-7, `the penalty leaves out ${name}`);
  }
}

const training = () => ({ training: true, random: new Random(1), progress: 0.5 });

function lossOf(
  model: MultiTaskModel,
  task: Task,
  { inputs, targets }: Parameters<typeof checkGradients>[1],
): tf.Scalar {
  const { outputs } = model.forward(inputs, [task.name], training());
  return task.rowLosses(outputs[task.name], targets[task.name]!).mean() as tf.Scalar;
}

function penaltyOf(model: MultiTaskModel, inputs: Readonly<Record<string, tf.Tensor>>): tf.Scalar {
  return model.forward(inputs, model.taskNames, training()).penalty!;
}

/** The largest number of the gradient of every variable, 0 where there is none. */
async function sizesOf(
  model: MultiTaskModel,
  scalar: () => tf.Scalar,
): Promise<Map<tf.Variable, number>> {
  const { value, grads } = tf.variableGrads(scalar);
  value.dispose();
  const sizes = new Map<tf.Variable, number>();
  for (const { variable } of model.namedVariables()) {
    const numbers = await grads[variable.name]?.data<"float32">();
    sizes.set(
      variable,
      numbers?.reduce((most, each) => Math.max(most, Math.abs(each)), 0) ?? 0,
    );
  }
  tf.dispose(grads);
  return sizes;
}
