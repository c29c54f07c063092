import * as tf from "@tensorflow/tfjs";
import {
  type Balancer,
  type BalancerReport,
  computeUpdate,
  type GradientSource,
  type Probe,
} from "../balancing/mod.ts";
import type { Batch } from "../data/dataset.ts";
import { Random } from "../math/random.ts";
import type { ForwardContext } from "../models/layers/mod.ts";
import type { MultiTaskModel } from "../models/mod.ts";
import { maskedMean, type Task } from "../tasks/mod.ts";

/** What one batch asks of the weights. */
export interface StepResult {
  /** Mean loss of each task present. */
  readonly losses: Readonly<Record<string, number>>;
  /** Gradients by variable name; whoever gets them disposes them. */
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
  readonly report?: BalancerReport;
  /** Inner products of the gradients of the tasks present, where they were asked for. */
  readonly gramian?: readonly (readonly number[])[];
  /** To be called once the weights have changed, for balancers that look at the losses again. */
  readonly afterUpdate?: () => Promise<void>;
}

/**
 * One forward pass and the gradients of one batch, for the tasks that have labels in it.
 *
 * @param measure Whether to compute the Gramian also where the balancer does not need it.
 * @param checkLosses Called with the losses by task before the balancer looks at gradients.
 */
export async function computeStep(
  model: MultiTaskModel<readonly Task[]>,
  batch: Batch,
  balancer: Balancer,
  random: Random,
  measure: boolean | GradientSource = false,
  checkLosses?: (losses: Readonly<Record<string, number>>) => Promise<void>,
  progress = 0,
): Promise<StepResult> {
  const tasks = model.tasks.filter((task) => batch.targets[task.name]);
  const present = tasks.map((task) => model.tasks.indexOf(task));
  const byName = (losses: readonly number[]) =>
    Object.fromEntries(tasks.map((task, at) => [task.name, losses[at]]));
  const masks = random.state();
  const own = tasks.map((task) => model.taskVariables(task.name));
  let looked = true;
  if (balancer.family === "losses" && balancer.lookAhead) {
    looked = await lookAhead(balancer.lookAhead.bind(balancer), {
      present,
      variables: [...model.sharedVariables(), ...own.flat()],
      losses: (rows) =>
        forward(model, tasks, rows, { random: Random.fromState(masks), progress, averaging: 0 })
          .losses,
    }, batch);
  }
  const independent = balancer.family === "gramian" && balancer.independent;
  const thirds = independent ? await labelledParts(batch, 3) : undefined;
  const samples = thirds?.map((rows) => () =>
    forward(model, tasks, rows, { random, progress, averaging: 1 / thirds.length })
  );
  const update = await computeUpdate({
    balancer,
    present,
    forward: () => forward(model, tasks, batch, { random, progress }),
    shared: model.sharedVariables(),
    own,
    lastLayer: model.lastSharedLayer(),
    measure,
    ...samples && { samples },
    checkLosses: (losses) => checkLosses?.(byName(losses)),
  }).finally(() => thirds?.forEach((rows) => rows.dispose()));
  const notes = [
    ...looked ? [] : ["no look ahead: half of the batch has no label of some task"],
    ...independent && !thirds
      ? ["one sample in the place of three: a third of the batch has no label of some task"]
      : [],
  ];
  const names = new Map(model.namedVariables().map(({ name, variable }) => [variable, name]));
  const afterStep = balancer.afterStep?.bind(balancer);
  return {
    losses: byName(update.losses),
    gradients: new Map([...update.gradients].map(([variable, value]) => [
      names.get(variable)!,
      value,
    ])),
    report: notes.length === 0
      ? update.report
      : { ...update.report, notes: [...update.report?.notes ?? [], ...notes] },
    ...(measure ? { gramian: update.gramian } : {}),
    ...(afterStep && {
      async afterUpdate() {
        // The same random masks as before, so that only the weights differ.
        const again = tf.tidy(() =>
          tf.stack(
            forward(model, tasks, batch, {
              random: Random.fromState(masks),
              progress,
              averaging: 0,
            }).losses,
          )
        );
        const losses = Array.from(await again.data());
        again.dispose();
        afterStep(losses, present);
      },
    }),
  };
}

/** Lets a balancer try things out, with the two halves of a batch; false when it cannot. */
async function lookAhead(
  look: (probe: Probe) => Promise<void>,
  probe: Pick<Probe, "present" | "variables"> & { losses(rows: Batch): readonly tf.Scalar[] },
  batch: Batch,
): Promise<boolean> {
  const halves = await labelledParts(batch, 2);
  if (!halves) return false;
  const [train, heldOut] = halves;
  try {
    const { present, variables } = probe;
    await look({
      present,
      variables,
      losses: (rows) => probe.losses(rows === "train" ? train : heldOut),
    });
    return true;
  } finally {
    for (const half of halves) half.dispose();
  }
}

/**
 * The batch in so many parts of about the same size, to be disposed; `undefined` where a part has no
 * label for some task, and so no loss.
 */
async function labelledParts(batch: Batch, count: number): Promise<Batch[] | undefined> {
  if (batch.size < count) return undefined;
  const starts = Array.from({ length: count + 1 }, (_, at) => Math.floor(at * batch.size / count));
  const parts = starts.slice(1).map((end, at) => rowsOf(batch, starts[at], end - starts[at]));
  const complete = await Promise.all(parts.map(hasLabels));
  if (complete.every(Boolean)) return parts;
  for (const part of parts) part.dispose();
  return undefined;
}

/** Whether every task of the batch has a label in it. */
async function hasLabels(batch: Batch): Promise<boolean> {
  const counts = await Promise.all(
    Object.values(batch.masks).map(async (mask) => (await mask!.data()).some((value) => value > 0)),
  );
  return counts.every(Boolean);
}

/** Some consecutive rows of a batch. */
function rowsOf(batch: Batch, start: number, size: number): Batch {
  const cut = <Tensors extends Readonly<Partial<Record<string, tf.Tensor>>>>(tensors: Tensors) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [
        name,
        tensor!.slice([start], [size]),
      ]),
    ) as Tensors;
  const parts = {
    inputs: cut(batch.inputs),
    targets: cut(batch.targets),
    masks: cut(batch.masks),
  };
  return {
    ...batch,
    ...parts,
    size,
    dispose: () => tf.dispose(Object.values(parts).flatMap((tensors) => Object.values(tensors))),
  };
}

/** Mean losses of some tasks over the labelled rows of a batch, and what their heads read. */
function forward(
  model: MultiTaskModel<readonly Task[]>,
  tasks: readonly Task[],
  batch: Batch,
  pass: Omit<ForwardContext, "training">,
): { losses: tf.Scalar[]; representation?: tf.Tensor; penalty?: tf.Scalar } {
  const names = tasks.map((task) => task.name);
  const { outputs, representation, penalty } = model.forward(batch.inputs, names, {
    ...pass,
    training: true,
  });
  const losses = tasks.map((task) =>
    maskedMean(
      task.rowLosses(outputs[task.name], batch.targets[task.name]!),
      batch.masks[task.name],
    )
  );
  return { losses, representation, penalty };
}
