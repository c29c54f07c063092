import { checkPerTask, type PerTask } from "../_per_task.ts";
import type {
  BalancerContext,
  BalancerReport,
  BalancerState,
  GradientSource,
  GramianBalancer,
} from "../balancer.ts";

/** What all Gramian methods can be told. */
export interface GramianOptions {
  /**
   * Compare the gradients of the shared variables, of the last shared layer alone, or of the
   * representation that the shared part hands to the heads: with the last two, one backward pass
   * through the shared part instead of one a task. Default `"shared"`.
   */
  readonly on?: GradientSource;
  /** Solve every so many steps and keep the weights in between. Default 1. */
  readonly every?: number;
}

/** Weights found by a method, with what a reader must know about them. */
export interface Weighting {
  readonly weights: number[];
  readonly notes?: readonly string[];
  readonly headWeights?: readonly number[];
}

/** Where a step stands: filled-in {@linkcode BalancerContext}. */
export interface GramianStep {
  /** Positions of the tasks of the Gramian's rows in the model's list of tasks. */
  readonly present: readonly number[];
  /** Number of tasks of the model. */
  readonly tasks: number;
  readonly epsilon: number;
  readonly losses?: readonly number[];
}

/** What a Gramian method is made of. */
export interface GramianDefinition {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Settings that, where they are lists, have one entry a task. */
  readonly perTask?: PerTask;
  /** See {@linkcode GramianBalancer.independent}. */
  readonly independent?: boolean;
  /** The weights for a Gramian that is square and finite and not all zero. */
  solve(gramian: readonly (readonly number[])[], step: GramianStep): Weighting;
  /** The weights of the tasks present, for methods that need no Gramian to know them. */
  known?(present: readonly number[]): number[];
  /** For methods with memory. */
  state?(): BalancerState;
  restore?(state: BalancerState): void;
  reset?(tasks: number): void;
}

/** Note of a step in which no task has a gradient. */
export const ALL_ZERO = "stationary: all task gradients are zero";

/** Note of a step in which a method that follows the losses was not given them. */
export const NO_LOSSES = "no losses given: taken as equal progress";

/** Makes the balancer around a method: checks, reports, `every`, state. */
export function gramianMethod(
  definition: GramianDefinition,
  options: GramianOptions = {},
): GramianBalancer {
  const { on = "shared", every = 1 } = options;
  if (!Number.isInteger(every) || every < 1) {
    throw new RangeError(`every must be a whole number above 0, but is ${every}.`);
  }
  if (definition.independent && on === "representation") {
    throw new RangeError(
      `${definition.name} compares gradients of different examples, which have no representation in common: use another on, or sampling: "one".`,
    );
  }
  let last: Weighting | undefined;
  let tasks = 0;
  let known = false;
  let steps = 0;
  /** Weight and head factor last given to each task of the model; kept only for `every`. */
  let held: ([weight: number, head: number | null] | null)[] = [];
  let reused = false;
  const hold = (positions: readonly number[], { weights, headWeights }: Weighting) => {
    if (every === 1) return;
    held = Array.from({ length: tasks }, (_, index) => held[index] ?? null);
    positions.forEach((position, index) =>
      held[position] = [weights[index], headWeights?.[index] ?? null]
    );
  };

  return {
    family: "gramian",
    name: definition.name,
    configuration: { name: definition.name, ...definition.configuration, on, every },
    on,
    ...definition.independent ? { independent: true } : {},
    weights(gramian, present, context: BalancerContext = {}) {
      const count = checkGramian(gramian);
      const positions = present ?? Array.from({ length: count }, (_, index) => index);
      if (positions.length !== count) {
        throw new RangeError(
          `${positions.length} tasks are present, but the Gramian has ${count}.`,
        );
      }
      tasks = Math.max(tasks, ...positions.map((position) => position + 1));
      checkPerTask(definition.name, definition.perTask, tasks, known || !present);
      reused = false;
      last = gramian.every((row, index) => row[index] === 0)
        ? { weights: new Array<number>(count).fill(1 / count), notes: [ALL_ZERO] }
        : definition.solve(gramian, {
          present: positions,
          tasks,
          epsilon: context.epsilon ?? Number.EPSILON,
          losses: context.losses,
        });
      hold(positions, last);
      return [...last.weights];
    },
    held(present) {
      const due = steps++ % every === 0;
      const kept = present.flatMap((position) => held[position] ? [held[position]] : []);
      if (due || kept.length < present.length) {
        if (!definition.known) return undefined;
        tasks = Math.max(tasks, ...present.map((position) => position + 1));
        checkPerTask(definition.name, definition.perTask, tasks, known);
        last = { weights: definition.known(present) };
        reused = false;
        hold(present, last);
        return [...last.weights];
      }
      const weights = kept.map(([weight]) => weight);
      const heads = kept.flatMap(([, head]) => head === null ? [] : [head]);
      last = { weights, headWeights: heads.length === kept.length ? heads : undefined };
      reused = true;
      return [...weights];
    },
    headWeights: () => last?.headWeights,
    report(): BalancerReport {
      if (!last) return {};
      const notes = [...last.notes ?? [], ...(reused ? ["weights of an earlier step"] : [])];
      return { weights: [...last.weights], ...(notes.length > 0 ? { notes } : {}) };
    },
    reset(names) {
      tasks = names.length;
      known = true;
      checkPerTask(definition.name, definition.perTask, tasks, known);
      steps = 0;
      held = [];
      last = undefined;
      definition.reset?.(names.length);
    },
    state: () => ({ tasks, steps, held: [...held], method: definition.state?.() ?? {} }),
    restore(state) {
      const saved = state as {
        tasks: number;
        steps: number;
        held: typeof held;
        method: BalancerState;
      };
      tasks = saved.tasks;
      steps = saved.steps;
      held = [...saved.held];
      last = undefined;
      definition.restore?.(saved.method);
    },
  };
}

/** The number of rows of a Gramian; an error when it is not square or not finite. */
function checkGramian(gramian: readonly (readonly number[])[]): number {
  const count = gramian.length;
  if (count === 0) throw new RangeError("The Gramian has no rows: no task is present.");
  gramian.forEach((row, i) => {
    if (row.length !== count) {
      throw new RangeError(
        `The Gramian must be square, but row ${i} of ${count} has ${row.length} entries.`,
      );
    }
    row.forEach((value, j) => {
      if (!Number.isFinite(value)) {
        throw new RangeError(
          `Entry [${i}, ${j}] of the Gramian is ${value}: a task's gradient is not finite or too large.`,
        );
      }
    });
  });
  return count;
}
