import {
  cgc,
  data,
  encoders,
  fit,
  hardSharing,
  mmoe,
  type MultiTaskModel,
  omoe,
  optimizers,
  regression,
} from "polytask";

/** What the architectures are trained for, and how. */
export const budget = {
  examples: 10_000,
  /** Length of the tasks' weights: the paper gives none, keras-mmoe takes 0.3. */
  scale: 0.3,
  /** As in keras-mmoe; after 30 most networks are still learning. */
  epochs: 100,
  batchSize: 64,
  learningRate: 0.001,
  weights: "those of the epoch with the least validation loss",
} as const;

const tasks = [
  regression("first", { hidden: [8] }),
  regression("second", { hidden: [8] }),
] as const;
type Model = MultiTaskModel<typeof tasks>;

const expert = encoders.mlp({ units: [16] });

/** The architectures of the paper's study, and one network a task; about as many parameters each. */
export const architectures: Readonly<Record<string, (seed: number) => Model>> = {
  "hard sharing": (seed) => hardSharing({ encoder: encoders.mlp({ units: [113] }), tasks, seed }),
  "OMoE": (seed) => omoe({ encoder: expert, experts: { count: 8 }, tasks, seed }),
  "MMoE": (seed) => mmoe({ encoder: expert, experts: { count: 8 }, tasks, seed }),
  // CGC without shared experts is one network a task.
  "single tasks": (seed) =>
    cgc({ encoder: encoders.mlp({ units: [62] }), experts: { shared: 0, own: 1 }, tasks, seed }),
};

/** What one architecture reached on one draw of the data. */
export interface Outcome {
  /** Mean squared error on the test part, mean of both tasks. */
  readonly error: number;
  /** The epoch whose weights were measured, from 1. */
  readonly bestEpoch: number;
  readonly parameters: number;
}

/** Trains one architecture on one draw of the tasks, and measures it. */
export async function measure(
  architecture: string,
  draw: { readonly correlation: number; readonly seed: number },
): Promise<Outcome> {
  const parts = data.relatedTasks({ ...draw, scale: budget.scale, train: budget.examples });
  const model = architectures[architecture](draw.seed);
  const { bestEpoch } = await fit(model, parts.train, {
    validation: parts.validation,
    // Never stops early, but leaves the weights of the best epoch.
    earlyStopping: { patience: budget.epochs },
    epochs: budget.epochs,
    batchSize: budget.batchSize,
    optimizer: optimizers.adam({ learningRate: budget.learningRate }),
    seed: draw.seed,
    observer: false,
  });
  const { first, second } = await model.evaluate(parts.test);
  const outcome = {
    error: (first.loss + second.loss) / 2,
    bestEpoch: bestEpoch!,
    parameters: model.parameterCounts().total,
  };
  model.dispose();
  return outcome;
}
