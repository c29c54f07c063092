import type { HeadPlan, HeadPooling } from "../../tasks/mod.ts";
import { dense, flatten, globalAveragePool, globalMaxPool, type Layer } from "../layers/mod.ts";

/** Hidden ReLU layers, then one linear layer, over pooled or flattened features. */
export function vectorHead(
  { outputs, pool }: Extract<HeadPlan, { kind: "vector" }>,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  return [
    ...pooled(featureShape, pool),
    ...hidden.map((units) => dense({ units, activation: "relu" })),
    dense({ units: outputs }),
  ];
}

/** What brings features of any shape to one vector a row. */
export function pooled(
  featureShape: readonly number[],
  pool: HeadPooling = "flatten",
): Layer[] {
  if (featureShape.length < 2) return [];
  const maskZeros = featureShape.length === 2;
  const layers = {
    flatten,
    mean: () => globalAveragePool({ maskZeros }),
    max: () => globalMaxPool({ maskZeros }),
  };
  return [layers[pool]()];
}
