import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** The mean of the task gradients: weights 1/K. A step costs no backward pass a task. */
export function meanGradient(options: GramianOptions = {}): GramianBalancer {
  return constantWeights("mean", (count) => 1 / count, options);
}

/** The sum of the task gradients: weights 1. A step costs no backward pass a task. */
export function sumGradient(options: GramianOptions = {}): GramianBalancer {
  return constantWeights("sum", () => 1, options);
}

function constantWeights(
  name: string,
  weight: (count: number) => number,
  options: GramianOptions,
): GramianBalancer {
  const known = (count: number) => new Array<number>(count).fill(weight(count));
  return gramianMethod({
    name,
    configuration: {},
    solve: (gramian) => ({ weights: known(gramian.length) }),
    known,
  }, options);
}
