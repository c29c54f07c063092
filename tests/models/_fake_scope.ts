import type * as tf from "@tensorflow/tfjs";
import type { Initializer, VariableScope } from "polytask";

/** A scope that hands out given tensors in the order in which variables are made. */
export function scopeOf(tensors: readonly tf.Tensor[]): VariableScope {
  let next = 0;
  const scope = {
    child: () => scope,
    variable: () => tensors[next++],
  };
  return scope as unknown as VariableScope;
}

/** Shapes of the variables of something, in the order in which they are made. */
export function variableShapes(build: (scope: VariableScope) => unknown): number[][] {
  const shapes: number[][] = [];
  const scope = {
    child: () => scope,
    variable(_name: string, shape: readonly number[], _initializer: Initializer) {
      shapes.push([...shape]);
      return undefined;
    },
  };
  build(scope as unknown as VariableScope);
  return shapes;
}
