import type { PerTask } from "../_per_task.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** Settings of {@linkcode constantGradient}. */
export interface ConstantGradientOptions extends GramianOptions {
  /** One weight a task. Default 1 each. */
  readonly weights?: readonly number[];
}

/** The mean of the task gradients: weights 1/K. A step costs no backward pass a task. */
export function meanGradient(options: GramianOptions = {}): GramianBalancer {
  return constantWeights("mean", {}, (_, count) => 1 / count, options);
}

/** The sum of the task gradients: weights 1. A step costs no backward pass a task. */
export function sumGradient(options: GramianOptions = {}): GramianBalancer {
  return constantWeights("sum", {}, () => 1, options);
}

/**
 * The sum of the task gradients times weights chosen by hand. Unlike `fixedWeights` it leaves the
 * tasks' own variables their own gradients. A step costs no backward pass a task.
 */
export function constantGradient(options: ConstantGradientOptions = {}): GramianBalancer {
  const { weights } = options;
  return constantWeights("constant", { weights }, (task) => weights?.[task] ?? 1, options);
}

function constantWeights(
  name: string,
  settings: PerTask,
  weight: (task: number, count: number) => number,
  options: GramianOptions,
): GramianBalancer {
  const known = (present: readonly number[]) => present.map((task) => weight(task, present.length));
  return gramianMethod({
    name,
    configuration: settings,
    perTask: settings,
    solve: (_, { present }) => ({ weights: known(present) }),
    known,
  }, options);
}
