import { Random } from "../math/random.ts";
import { LinearData, type LinearTask } from "./data.ts";
import type { Matrix } from "./_matrix.ts";

/** Settings of {@linkcode generateTasks}. */
export interface GenerateOptions {
  /** Number of tasks. */
  readonly tasks: number;
  /** Number of features. */
  readonly features: number;
  /** Rows of every task. */
  readonly rows: number;
  /**
   * What the true coefficients have in common. `"support"`: the same `size` features are used by all;
   * `"rank"`: they span `size` directions; `"clusters"`: `size` groups of equal tasks plus a little;
   * `"mean"`: one vector plus deviations of length `size` relative to it.
   */
  readonly structure: "support" | "rank" | "clusters" | "mean";
  /** Default 3; for `"mean"` 0.3. */
  readonly size?: number;
  /** Deviation of the noise on the targets, in units of the deviation of the signal. Default 0.5. */
  readonly noise?: number;
  /** Whether all tasks see the same rows. Default false. */
  readonly shared?: boolean;
  /** Seed of all random numbers. */
  readonly seed: number | string;
}

/** Tasks whose truth is known. */
export interface GeneratedTasks {
  /** Inputs, and targets with noise. */
  readonly data: LinearData;
  /** The true coefficients, a row of `features` numbers a task. */
  readonly coefficients: Float64Array;
  /** For `"support"` the features in use, rising. */
  readonly support: readonly number[];
  /** For `"clusters"` the group of every task. */
  readonly clusters: Int32Array;
}

/** Regressions with normal inputs and coefficients of a known structure. */
export function generateTasks(options: GenerateOptions): GeneratedTasks {
  const { tasks, features, rows, structure, noise = 0.5, shared = false, seed } = options;
  const size = options.size ?? (structure === "mean" ? 0.3 : 3);
  const random = Random.stream(seed, "linear tasks");
  const normal = (count: number) => Float64Array.from({ length: count }, () => random.normal());
  const coefficients = new Float64Array(tasks * features);
  const support = [...random.permutation(features).slice(0, structure === "support" ? size : 0)]
    .sort((a, b) => a - b);
  const clusters = Int32Array.from({ length: tasks }, (_, k) => k % Math.max(1, Math.floor(size)));
  const directions = Array.from({ length: Math.max(1, Math.ceil(size)) }, () => normal(features));
  for (let k = 0; k < tasks; k++) {
    const own = coefficients.subarray(k * features, (k + 1) * features);
    if (structure === "support") {
      // Away from zero, so that every feature of the support can be told from noise.
      for (const j of support) {
        own[j] = (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform());
      }
    } else if (structure === "rank") {
      for (const direction of directions) {
        const factor = random.normal();
        for (let j = 0; j < features; j++) own[j] += factor * direction[j];
      }
    } else {
      const centre = directions[structure === "clusters" ? clusters[k] : 0];
      const spread = structure === "clusters" ? 0.05 : size;
      for (let j = 0; j < features; j++) own[j] = centre[j] + spread * random.normal();
    }
  }
  const inputsOf = (): Matrix => ({ rows, columns: features, values: normal(rows * features) });
  const common = shared ? inputsOf() : undefined;
  const made = Array.from({ length: tasks }, (_, k): LinearTask => {
    const inputs = common ?? inputsOf();
    const signal = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < features; j++) {
        signal[row] += inputs.values[row * features + j] * coefficients[k * features + j];
      }
    }
    const deviation = Math.sqrt(signal.reduce((sum, value) => sum + value * value, 0) / rows);
    return {
      name: `task ${k + 1}`,
      kind: "regression",
      inputs,
      targets: signal.map((value) => value + noise * deviation * random.normal()),
    };
  });
  return { data: new LinearData(made), coefficients, support, clusters };
}
