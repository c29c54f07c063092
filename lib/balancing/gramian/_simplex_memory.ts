import type { BalancerState } from "../balancer.ts";

/** Weights of all tasks on the simplex, kept from step to step. */
export function simplexMemory() {
  let all: number[] = [];
  const grow = (tasks: number) => {
    if (all.length !== tasks) all = new Array<number>(tasks).fill(1 / tasks);
  };
  return {
    /** The weights of the tasks present, scaled to sum 1. */
    read(present: readonly number[], tasks: number): number[] {
      grow(tasks);
      const sum = present.reduce((total, task) => total + all[task], 0);
      return present.map((task) => sum > 0 ? all[task] / sum : 1 / present.length);
    },
    /** Keeps new weights of the tasks present; together they hold the share that they had. */
    write(present: readonly number[], weights: readonly number[]): void {
      const share = present.length === all.length
        ? 1
        : present.reduce((total, task) => total + all[task], 0);
      present.forEach((task, i) => all[task] = weights[i] * share);
    },
    lifecycle: {
      state: (): BalancerState => ({ weights: [...all] }),
      restore: (state: BalancerState) => {
        all = [...state.weights as number[]];
      },
      reset: (tasks: number) => {
        all = [];
        grow(tasks);
      },
    },
  };
}
