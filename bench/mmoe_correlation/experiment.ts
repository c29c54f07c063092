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
  schedules,
} from "polytask";

/** What the architectures are trained for, and how. */
export const budget = {
  examples: 10_000,
  /** Length of the tasks' weights: the paper gives none, keras-mmoe takes 0.3. */
  scale: 0.3,
  epochs: 12,
  batchSize: 128,
  optimizer: "Adam, learning rate 0.01 falling to 0 by a half cosine",
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

/** Errors of one architecture on one draw of the data. */
export interface Outcome {
  /** Mean squared error on the validation part, mean of both tasks. */
  readonly validation: number;
  /** The same on the test part. */
  readonly test: number;
  readonly parameters: number;
}

/** Trains one architecture on one draw of the tasks, and measures it. */
export async function measure(
  architecture: string,
  draw: { readonly correlation: number; readonly seed: number },
): Promise<Outcome> {
  const parts = data.relatedTasks({ ...draw, scale: budget.scale, train: budget.examples });
  const model = architectures[architecture](draw.seed);
  await fit(model, parts.train, {
    epochs: budget.epochs,
    batchSize: budget.batchSize,
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    schedule: schedules.cosine(),
    seed: draw.seed,
    observer: false,
  });
  const errorOn = async (part: typeof parts.test) => {
    const { first, second } = await model.evaluate(part);
    return (first.loss + second.loss) / 2;
  };
  const outcome = {
    validation: await errorOn(parts.validation),
    test: await errorOn(parts.test),
    parameters: model.parameterCounts().total,
  };
  model.dispose();
  return outcome;
}
