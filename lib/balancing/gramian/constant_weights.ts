import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** The mean of the task gradients: weights 1/K. */
export function meanGradient(options: GramianOptions = {}): GramianBalancer {
  return gramianMethod({
    name: "mean",
    configuration: {},
    solve: (gramian) => ({ weights: gramian.map(() => 1 / gramian.length) }),
  }, options);
}

/** The sum of the task gradients: weights 1. */
export function sumGradient(options: GramianOptions = {}): GramianBalancer {
  return gramianMethod({
    name: "sum",
    configuration: {},
    solve: (gramian) => ({ weights: gramian.map(() => 1) }),
  }, options);
}
