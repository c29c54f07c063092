import {
  classification,
  data,
  encoders,
  fit,
  type FitOptions,
  hardSharing,
  optimizers,
} from "polytask";
import { median, processorTime } from "../_timing.ts";
import { balancers, EQUAL, SINGLE } from "./methods.ts";

const tasks = {
  left: classification("left", { classes: 10, hidden: [50] }),
  right: classification("right", { classes: 10, hidden: [50] }),
};

/** Names of the two tasks. */
export type Side = keyof typeof tasks;

/** How much every variant may train. */
export interface Budget {
  readonly pairs: number;
  readonly testPairs: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** Test accuracy after every epoch, by task. */
export type Curves = Readonly<Record<Side, readonly number[]>>;

type Pairs = Awaited<ReturnType<typeof data.multiMnist>>;

/** The pairs of a seed: every variant sees the same ones. */
export function drawPairs({ pairs, testPairs }: Budget, seed: number): Promise<Pairs> {
  return data.multiMnist({ seed, train: pairs, validation: 0, test: testPairs });
}

function leNet(sides: readonly Side[]) {
  return hardSharing({
    encoder: encoders.leNet({ units: 50 }),
    tasks: sides.map((side) => tasks[side]),
  });
}

/** Trains a variant and measures it on the test pairs after every epoch. */
export async function train(
  variant: string,
  { train, test }: Pairs,
  budget: Budget,
  seed: number,
): Promise<Curves> {
  const groups: Side[][] = variant === SINGLE ? [["left"], ["right"]] : [["left", "right"]];
  const curves: Partial<Record<Side, number[]>> = {};
  for (const group of groups) {
    const model = leNet(group);
    // The test pairs only draw the curves: nothing is chosen by them.
    const history = await fit(model, train, {
      ...settings(variant, budget, seed),
      validation: test,
      epochs: budget.epochs,
    });
    for (const side of group) {
      curves[side] = history.epochs.map(({ validation }) => validation![side].accuracy);
    }
    model.dispose();
  }
  return curves as Record<Side, number[]>;
}

function settings(variant: string, { batchSize, learningRate }: Budget, seed: number): FitOptions {
  return {
    batchSize,
    seed,
    optimizer: optimizers.adam({ learningRate }),
    balancer: balancers[variant === SINGLE ? EQUAL : variant](seed),
    observer: false,
  };
}

/**
 * Processor time of a training step of every variant, relative to equal weights: the median over
 * rounds in which all variants take their turn.
 */
export async function prices(
  { train }: Pairs,
  budget: Budget,
  rounds: number,
): Promise<Record<string, number>> {
  const steps = 10;
  const few = train.take(steps * budget.batchSize);
  const names = [...Object.keys(balancers), SINGLE];
  const ratios = new Map(names.map((name) => [name, [] as number[]]));
  const models = { both: leNet(["left", "right"]), left: leNet(["left"]), right: leNet(["right"]) };
  const time = async (variant: string) => {
    const start = processorTime();
    for (const model of variant === SINGLE ? [models.left, models.right] : [models.both]) {
      await fit(model, few, { ...settings(variant, budget, 1), epochs: 1 });
    }
    return processorTime() - start;
  };
  for (const name of names) await time(name);
  for (let round = 0; round < rounds; round++) {
    const times = new Map<string, number>();
    for (const name of names) times.set(name, await time(name));
    for (const name of names) ratios.get(name)!.push(times.get(name)! / times.get(EQUAL)!);
  }
  for (const model of Object.values(models)) model.dispose();
  return Object.fromEntries(names.map((name) => [name, median(ratios.get(name)!)]));
}
