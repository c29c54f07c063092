import {
  classification,
  encoders,
  hardSharing,
  MultiTaskDataset,
  Random,
  regression,
} from "polytask";

/** How to make the examples of {@linkcode twoTasks}. */
export interface TwoTasksOptions {
  readonly size?: number;
  readonly seed?: number;
  /** Chance that a label is missing, for each task. Default 0. */
  readonly missing?: number;
}

/**
 * Points of two numbers with two things to learn from them: `side`, whether x + y is above 0, and
 * `height`, which is x - 2 y.
 */
export function twoTasks(options: TwoTasksOptions = {}) {
  const { size = 48, seed = 1, missing = 0 } = options;
  const random = new Random(seed);
  const points = Float32Array.from({ length: 2 * size }, () => random.normal());
  const side = new Int32Array(size);
  const height = new Float32Array(size);
  for (let at = 0; at < size; at++) {
    const [x, y] = points.subarray(2 * at, 2 * at + 2);
    side[at] = Number(x + y > 0);
    height[at] = x - 2 * y;
  }
  const mask = () =>
    missing === 0
      ? undefined
      : Uint8Array.from({ length: size }, () => Number(random.uniform() >= missing));
  return MultiTaskDataset.from({
    name: "two tasks",
    inputs: { point: { values: points, shape: [2] } },
    targets: {
      side: { values: side, shape: [], mask: mask() },
      height: { values: height, shape: [], mask: mask() },
    },
  });
}

/** The tasks of {@linkcode twoTasks}. */
export const tasks = [classification("side", { classes: 2 }), regression("height")] as const;

/** A small model for {@linkcode twoTasks}; its variables do not exist yet. */
export function smallModel(options: { readonly seed?: number; readonly dropout?: number } = {}) {
  const encoder = encoders.mlp({ units: [8], dropout: options.dropout });
  return hardSharing({ encoder, tasks, seed: options.seed });
}

/** The same with variables. */
export function builtModel(seed = 1) {
  return smallModel({ seed }).build({ inputs: { point: [2] } });
}

/** All weights of a model, by name. */
export async function weightsOf(
  model: ReturnType<typeof smallModel>,
): Promise<Record<string, number[]>> {
  const weights: Record<string, number[]> = {};
  for (const { name, variable } of model.namedVariables()) {
    weights[name] = Array.from(await variable.data());
  }
  return weights;
}
