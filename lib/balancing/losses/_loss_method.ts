import * as tf from "@tensorflow/tfjs";
import { checkPerTask, type PerTask } from "../_per_task.ts";
import type { BalancerReport, BalancerState, LossBalancer, Probe } from "../balancer.ts";

/** Where a step stands. */
export interface LossStep {
  /** Positions of the tasks present in the model's list. */
  readonly present: readonly number[];
  /** Number of tasks of the model. */
  readonly tasks: number;
}

/** What a loss method is made of. */
export interface LossDefinition {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Settings that, where they are lists, have one entry a task. */
  readonly perTask?: PerTask;
  /** Called before `combine` and `weights` of every step, for methods that draw numbers. */
  begin?(step: LossStep): void;
  /** The scalar to minimise, on tensors. */
  combine(losses: readonly tf.Scalar[], step: LossStep): tf.Scalar;
  /** Derivatives of that scalar with respect to the losses, on numbers. */
  weights(losses: readonly number[], step: LossStep): number[];
  /** What to learn from a step. */
  learn?(losses: readonly number[], step: LossStep): void;
  epochEnd?(meanLosses: readonly number[]): void;
  afterStep?(losses: readonly number[], step: LossStep): void;
  lookAhead?(probe: Probe): Promise<void>;
  /** The start of a sentence when the method cannot take this loss of a task. */
  refuse?(loss: number, task: number): string | undefined;
  notes?(): readonly string[];
  state?(): BalancerState;
  restore?(state: BalancerState): void;
  reset?(tasks: number): void;
}

/** Makes the balancer around a loss method: checks, reports, state. */
export function lossMethod(definition: LossDefinition): LossBalancer {
  let tasks = 0;
  let known = false;
  let last: BalancerReport = {};
  const { epochEnd, afterStep, lookAhead } = definition;
  const stepOf = (present: readonly number[]): LossStep => {
    tasks = Math.max(tasks, ...present.map((position) => position + 1));
    checkPerTask(definition.name, definition.perTask, tasks, known);
    return { present, tasks };
  };
  const check = (losses: readonly number[], present: readonly number[], when: string) =>
    losses.forEach((loss, i) => {
      const refusal = definition.refuse?.(loss, present[i]);
      if (refusal) throw new RangeError(`${refusal}, but loss ${present[i]} is ${loss}${when}.`);
    });
  return {
    family: "losses",
    name: definition.name,
    configuration: { name: definition.name, ...definition.configuration },
    combine(losses, present) {
      if (losses.length === 0) throw new RangeError("No task is present: there is no loss.");
      const step = stepOf(present);
      definition.begin?.(step);
      return definition.combine(losses, step);
    },
    observe(losses, present) {
      const step = stepOf(present);
      check(losses, present, "");
      const notes = definition.notes?.() ?? [];
      last = {
        weights: definition.weights(losses, step),
        ...(notes.length > 0 ? { notes } : {}),
      };
      definition.learn?.(losses, step);
    },
    report: () => last,
    ...(epochEnd ? { epochEnd: (means: readonly number[]) => epochEnd(means) } : {}),
    ...(afterStep
      ? {
        afterStep(losses: readonly number[], present: readonly number[]) {
          losses.forEach((loss, i) => {
            if (Number.isFinite(loss)) return;
            throw new RangeError(
              `${definition.name} looks at the losses again after the step, but loss ${
                present[i]
              } is ${loss} then: the step was too long, try a lower learning rate or clipNorm.`,
            );
          });
          check(losses, present, " after the step");
          afterStep(losses, stepOf(present));
        },
      }
      : {}),
    ...(lookAhead
      ? {
        lookAhead(probe: Probe) {
          stepOf(probe.present);
          return lookAhead(probe);
        },
      }
      : {}),
    reset(names) {
      tasks = names.length;
      known = true;
      checkPerTask(definition.name, definition.perTask, tasks, known);
      last = {};
      definition.reset?.(tasks);
    },
    state: () => ({ tasks, method: definition.state?.() ?? {} }),
    restore(state) {
      tasks = state.tasks as number;
      last = {};
      definition.restore?.(state.method as BalancerState);
    },
  };
}

/** The losses times their weights, added. One operation, whatever the number of losses. */
export function weightedLoss(losses: readonly tf.Scalar[], weights: readonly number[]): tf.Scalar {
  const combine = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const factors = tf.tensor1d([...weights]);
    return {
      value: tf.stack(args.slice(0, losses.length) as tf.Scalar[]).mul(factors).sum(),
      // The type asks for one tensor, the engine for one an argument.
      gradFunc: (dy: tf.Tensor) => tf.unstack(tf.tensor1d([...weights]).mul(dy)),
    };
  });
  return combine(...losses) as tf.Scalar;
}
