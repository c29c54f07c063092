import { encoders, fit, hardSharing, type MultiTaskDataset, optimizers } from "polytask";
import { type Experiment, LEARNING_RATE, methods } from "./experiments.ts";

/** A part to train on and one to choose by; neither holds a test example. */
export interface ChoicePair {
  readonly train: MultiTaskDataset;
  readonly validation: MultiTaskDataset;
}

/** How the number of epochs of one seed was chosen. */
export interface EpochChoice {
  readonly seed: number;
  /** Validation loss after each epoch: the mean over the tasks and over the divisions. */
  readonly losses: readonly number[];
  /** The candidate with the smallest of them. */
  readonly epochs: number;
}

/**
 * Chooses how long a seed trains: the candidate after which equal weights have the smallest mean
 * loss on validation examples, taken from the training part alone.
 */
export async function chooseEpochs(experiment: Experiment, seed: number): Promise<EpochChoice> {
  const pairs = await experiment.choicePairs(seed);
  const longest = Math.max(...experiment.candidates);
  const losses = new Array<number>(longest).fill(0);
  for (const { train, validation } of pairs) {
    const model = hardSharing({
      encoder: encoders.mlp({ units: experiment.units }),
      tasks: experiment.tasks,
    });
    const history = await fit(model, train, {
      validation,
      epochs: longest,
      batchSize: experiment.batchSize,
      seed,
      optimizer: optimizers.adam({ learningRate: LEARNING_RATE }),
      observer: false,
    });
    model.dispose();
    history.epochs.forEach(({ validation }, at) => {
      for (const { loss } of Object.values(validation!)) {
        losses[at] += loss / experiment.tasks.length / pairs.length;
      }
    });
  }
  const epochs = experiment.candidates.reduce((best, each) =>
    losses[each - 1] < losses[best - 1] ? each : best
  );
  return { seed, losses, epochs };
}

/** The epoch in which a method stops because a loss is exactly 0; `null` if it gets through all. */
export async function breakdownEpoch(
  experiment: Experiment,
  method: string,
  seed: number,
  epochs: number,
): Promise<number | null> {
  const { train } = await experiment.parts(seed);
  const model = hardSharing({
    encoder: encoders.mlp({ units: experiment.units }),
    tasks: experiment.tasks,
  });
  let finished = 0;
  try {
    await fit(model, train, {
      epochs,
      batchSize: experiment.batchSize,
      seed,
      optimizer: optimizers.adam({ learningRate: LEARNING_RATE }),
      balancer: methods[method]({ seed, kinds: experiment.kinds }),
      observer: { epoch: () => void finished++ },
    });
    return null;
  } catch (error) {
    if (!isBreakdown(error as Error)) throw error;
    return finished + 1;
  } finally {
    model.dispose();
  }
}

/** Whether a method broke down: a loss that it refuses, or training that left the numbers. */
export function isBreakdown({ message }: Error): boolean {
  return /takes losses above 0|of losses above 0|for losses above 0|The loss of task|made of numbers/
    .test(message);
}
