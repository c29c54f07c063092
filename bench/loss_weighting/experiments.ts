import {
  autoLambda,
  type Balancer,
  binary,
  classification,
  data,
  dwa,
  encoders,
  equalWeights,
  famo,
  fit,
  geometricMean,
  gradnorm,
  hardSharing,
  imtlL,
  type MultiTaskDataset,
  optimizers,
  regression,
  rlw,
  scaleInvariant,
  stch,
  type Task,
  type UncertaintyKind,
  uncertaintyWeights,
} from "polytask";
import type { ChoicePair } from "./budget.ts";

/** Learning rate of the model in every run. */
export const LEARNING_RATE = 0.003;

/** What the methods have to know about an experiment. */
interface Setting {
  readonly seed: number;
  readonly kinds: readonly UncertaintyKind[];
}

/** Every method by its name, with the settings of its paper where the length of a run allows it. */
export const methods: Readonly<Record<string, (setting: Setting) => Balancer>> = {
  "equal": () => equalWeights(),
  "uncertainty": ({ kinds }) => uncertaintyWeights({ kinds }),
  "IMTL-L": () => imtlL(),
  "RLW": ({ seed }) => rlw({ seed }),
  "DWA": () => dwa(),
  "GLS": () => geometricMean(),
  "SI": () => scaleInvariant(),
  "STCH": () => stch({ smoothing: 1, warmUpEpochs: 2 }),
  "FAMO": () => famo(),
  "GradNorm": () => gradnorm(),
  "Auto-Lambda": () => autoLambda({ learningRate: 1e-3, trialRate: LEARNING_RATE }),
};

/** The two parts of one seed. */
interface Parts {
  readonly train: MultiTaskDataset;
  readonly test: MultiTaskDataset;
  /** Errors of the evaluated model, each the lower the better. */
  errors(evaluation: Readonly<Record<string, Readonly<Record<string, number>>>>): Readonly<
    Record<string, number>
  >;
}

/** Budgets to choose from; in fewer epochs DWA and STCH do nothing but wait. */
const CANDIDATES = [3, 6, 9, 12];

/** A data set, its tasks, and how it is trained and measured. */
export interface Experiment {
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly kinds: readonly UncertaintyKind[];
  readonly units: readonly number[];
  /** Numbers of epochs to choose from, multiples of the number of tasks. */
  readonly candidates: readonly number[];
  readonly batchSize: number;
  parts(seed: number): Promise<Parts>;
  /** What the number of epochs of a seed is chosen by. */
  choicePairs(seed: number): Promise<readonly ChoicePair[]>;
}

/** The experiments by their names in the results. */
export const experiments: Readonly<Record<string, Experiment>> = {
  parkinsons: {
    title: "Parkinsons telemonitoring, a quarter of the patients held out",
    tasks: [regression("motorUpdrs"), regression("totalUpdrs"), binary("sex")],
    kinds: ["regression", "regression", "classification"],
    units: [32],
    candidates: CANDIDATES,
    batchSize: 128,
    async parts(seed) {
      const { parts, scales } = data.standardise(
        await patientParts(seed),
        { targets: ["motorUpdrs", "totalUpdrs"] },
      );
      return {
        train: parts.train,
        test: parts.test,
        errors: ({ motorUpdrs, totalUpdrs, sex }) => ({
          "motor (RMSE)": motorUpdrs.rmse * scales.motorUpdrs!.deviation,
          "total (RMSE)": totalUpdrs.rmse * scales.totalUpdrs!.deviation,
          "sex (% wrong)": 100 * (1 - sex.accuracy),
        }),
      };
    },
    async choicePairs(seed) {
      const { train } = await patientParts(seed);
      return train.kFold(4, { seed, by: "patient" }).map((fold) =>
        data.standardise(
          { train: fold.train, validation: fold.validation },
          { targets: ["motorUpdrs", "totalUpdrs"] },
        ).parts
      );
    },
  },
  fashionMnist: {
    title: "Fashion-MNIST, 3000 training images",
    tasks: [
      classification("garment", { classes: 10 }),
      classification("group", { classes: 5 }),
      binary("footwear"),
    ],
    kinds: ["classification", "classification", "classification"],
    units: [64],
    candidates: CANDIDATES,
    batchSize: 64,
    async parts(seed) {
      const { train, test } = await garmentParts(seed);
      return {
        train,
        test,
        errors: ({ garment, group, footwear }) => ({
          "garment (% wrong)": 100 * (1 - garment.accuracy),
          "group (% wrong)": 100 * (1 - group.accuracy),
          "footwear (% wrong)": 100 * (1 - footwear.accuracy),
        }),
      };
    },
    async choicePairs(seed) {
      const { train, validation } = await garmentParts(seed);
      return [{ train, validation }];
    },
  },
};

/** Three quarters of the patients to train on, the others to test. */
async function patientParts(seed: number) {
  const { dataset } = await data.parkinsons();
  return dataset.split({ train: 0.75, test: 0.25 }, { seed, by: "patient" });
}

/** The validation images are none of those trained on; the test images are of the test file. */
function garmentParts(seed: number) {
  return data.fashionMnist({ seed, train: 3000, validation: 2000, test: 5000 });
}

/** What one run gave. */
export interface RunResult {
  readonly errors: Readonly<Record<string, number>>;
  /** Seconds of training, all networks of the run together. */
  readonly seconds: number;
  /** Mean share of the weight that each task got in the last epoch. */
  readonly shares?: readonly number[];
}

/** One network for all tasks, its losses weighed by a method. */
export async function runMethod(
  experiment: Experiment,
  method: string,
  seed: number,
  epochs: number,
): Promise<RunResult> {
  const balancer = methods[method]({ seed, kinds: experiment.kinds });
  return await run(experiment, [experiment.tasks], epochs, seed, balancer);
}

/** A network for each task, each trained for so many epochs. */
export async function runSingle(
  experiment: Experiment,
  seed: number,
  epochs: number,
): Promise<RunResult> {
  return await run(experiment, experiment.tasks.map((task) => [task]), epochs, seed);
}

let latest: { experiment: Experiment; seed: number; parts: Promise<Parts> } | undefined;

/** The parts of a seed; read once for all methods that follow one another. */
function partsOf(experiment: Experiment, seed: number): Promise<Parts> {
  if (latest?.experiment !== experiment || latest.seed !== seed) {
    latest = { experiment, seed, parts: experiment.parts(seed) };
  }
  return latest.parts;
}

async function run(
  experiment: Experiment,
  groups: readonly (readonly Task[])[],
  epochs: number,
  seed: number,
  balancer?: Balancer,
): Promise<RunResult> {
  const { train, test, errors } = await partsOf(experiment, seed);
  const evaluation: Record<string, Readonly<Record<string, number>>> = {};
  let seconds = 0;
  let shares: readonly number[] | undefined;
  for (const tasks of groups) {
    const model = hardSharing({ encoder: encoders.mlp({ units: experiment.units }), tasks });
    const began = performance.now();
    const history = await fit(model, train, {
      epochs,
      batchSize: experiment.batchSize,
      seed,
      optimizer: optimizers.adam({ learningRate: LEARNING_RATE }),
      balancer,
      observer: false,
    });
    seconds += (performance.now() - began) / 1000;
    if (balancer) {
      const last = history.steps.filter(({ epoch }) => epoch === epochs);
      shares = tasks.map(({ name }) =>
        last.reduce((sum, { weights }) => {
          const all = Object.values(weights!).reduce((total, weight) => total + weight, 0);
          return sum + weights![name] / all;
        }, 0) / last.length
      );
    }
    Object.assign(evaluation, await model.evaluate(test));
    model.dispose();
  }
  return { errors: errors(evaluation), seconds, shares };
}

/** What a guess gives that looks at no input: the training mean, or the most frequent class. */
export async function runGuess(experiment: Experiment, seed: number): Promise<RunResult> {
  const { train, test, errors } = await partsOf(experiment, seed);
  const evaluation = Object.fromEntries(experiment.tasks.map(({ name, kind }) => {
    const [seen, unseen] = [train, test].map((part) => Array.from(part.target(name).values));
    if (kind === "regression") {
      const mean = meanOf(seen);
      return [name, { rmse: Math.sqrt(meanOf(unseen.map((value) => (value - mean) ** 2))) }];
    }
    const counts = new Map<number, number>();
    for (const label of seen) counts.set(label, (counts.get(label) ?? 0) + 1);
    const [guess] = [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best);
    return [name, { accuracy: meanOf(unseen.map((label) => label === guess ? 1 : 0)) }];
  }));
  return { errors: errors(evaluation), seconds: 0 };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
