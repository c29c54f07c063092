import { type Packed, packed } from "../../math/matrix.ts";
import { checkPerTask, type PerTask } from "../_per_task.ts";
import type {
  BalancerContext,
  BalancerReport,
  BalancerState,
  JacobianBalancer,
} from "../balancer.ts";

/** An update found by a method, with what a reader must know about it. */
export interface Combination {
  readonly update: number[];
  /** The weights, for methods that have one a task. */
  readonly weights?: readonly number[];
  readonly notes?: readonly string[];
  readonly headWeights?: readonly number[];
}

/** Where a step stands. */
export interface JacobianStep extends BalancerContext {
  readonly present: readonly number[];
  /** Number of tasks of the model. */
  readonly tasks: number;
}

/** What a Jacobian method is made of. */
export interface JacobianDefinition {
  readonly name: string;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Settings that, where they are lists, have one entry a task. */
  readonly perTask?: PerTask;
  /** See {@linkcode JacobianBalancer.on}. */
  readonly on?: "shared" | "representation";
  /** The update for finite rows of equal length, which it must neither change nor keep. */
  combine(jacobian: readonly Packed[], step: JacobianStep): Combination;
  state?(): BalancerState;
  restore?(state: BalancerState): void;
  reset?(tasks: number): void;
}

/** Makes the balancer around a method: checks, reports, state. */
export function jacobianMethod(definition: JacobianDefinition): JacobianBalancer {
  let last: Omit<Combination, "update"> | undefined;
  let tasks = 0;
  let known = false;
  return {
    family: "jacobian",
    name: definition.name,
    configuration: { name: definition.name, ...definition.configuration },
    ...definition.on && { on: definition.on },
    combine(jacobian, present, context = {}) {
      const rows = jacobian.map(packed);
      checkJacobian(rows);
      const positions = present ?? jacobian.map((_, index) => index);
      if (positions.length !== jacobian.length) {
        throw new RangeError(
          `${positions.length} tasks are present, but the Jacobian has ${jacobian.length} rows.`,
        );
      }
      tasks = Math.max(tasks, ...positions.map((position) => position + 1));
      checkPerTask(definition.name, definition.perTask, tasks, known || !present);
      const { update, ...rest } = definition.combine(rows, {
        ...context,
        present: positions,
        tasks,
      });
      last = rest;
      return update;
    },
    headWeights: () => last?.headWeights,
    report(): BalancerReport {
      return {
        ...(last?.weights ? { weights: [...last.weights] } : {}),
        ...(last?.notes?.length ? { notes: [...last.notes] } : {}),
      };
    },
    reset(names) {
      tasks = names.length;
      known = true;
      checkPerTask(definition.name, definition.perTask, tasks, known);
      last = undefined;
      definition.reset?.(tasks);
    },
    state: () => ({ tasks, method: definition.state?.() ?? {} }),
    restore(state) {
      tasks = state.tasks as number;
      last = undefined;
      definition.restore?.(state.method as BalancerState);
    },
  };
}

function checkJacobian(jacobian: readonly Packed[]): void {
  if (jacobian.length === 0) throw new RangeError("The Jacobian has no rows: no task is present.");
  const columns = jacobian[0].length;
  jacobian.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(
        `Row ${i} of the Jacobian has ${row.length} entries, but row 0 has ${columns}.`,
      );
    }
    if (allFinite(row)) return;
    const j = row.findIndex((entry) => !Number.isFinite(entry));
    throw new RangeError(`Entry [${i}, ${j}] of the Jacobian is ${row[j]}: not finite.`);
  });
}

/** Whether all numbers are finite: such a number minus itself is 0. */
function allFinite(row: Packed): boolean {
  let sum = 0;
  for (let column = 0; column < row.length; column++) sum += row[column] - row[column];
  return sum === 0;
}
