import type { Random } from "../math/random.ts";
import type { LinearTask } from "./data.ts";

type Rows = Pick<LinearTask, "name" | "targets" | "groups">;

/**
 * The fold of every row of every task, from 0. Rows of one group share a fold over all tasks; rows
 * without groups are dealt out within their task, so that every task is in every fold as far as its
 * rows go. The only row of a task gets -1: it is always for training.
 */
export function dealFolds(tasks: readonly Rows[], folds: number, random: Random): Int32Array[] {
  const groups = new Set<number>();
  for (const task of tasks) task.groups?.forEach((group) => groups.add(group));
  const members = [...groups].sort((a, b) => a - b);
  const order = random.permutation(members.length);
  const foldOf = new Map(members.map((group, at) => [group, order[at] % folds]));
  return tasks.map((task) => {
    const rows = task.targets.length;
    if (task.groups) return Int32Array.from(task.groups, (group) => foldOf.get(group)!);
    if (rows === 1) return Int32Array.of(-1);
    // A random first fold: else the first folds would get the odd rows of all small tasks.
    const first = random.integer(folds);
    const places = random.permutation(rows);
    return places.map((place) => (place + first) % folds);
  });
}

/** Training and validation rows of every task for one fold. */
export function rowsOfFold(
  folds: readonly Int32Array[],
  fold: number,
): { training: number[][]; validation: number[][] } {
  const training = folds.map((own) => [...own.keys()].filter((row) => own[row] !== fold));
  const validation = folds.map((own) => [...own.keys()].filter((row) => own[row] === fold));
  return { training, validation };
}

/** A random share of every task's rows, whole groups at a time, and the rest, both in order. */
export function splitRows(
  tasks: readonly Rows[],
  share: number,
  random: Random,
): { first: number[]; rest: number[] }[] {
  const groups = new Set<number>();
  for (const task of tasks) task.groups?.forEach((group) => groups.add(group));
  const members = [...groups].sort((a, b) => a - b);
  const order = random.permutation(members.length);
  const chosen = new Set(
    members.filter((_, at) => order[at] < Math.round(share * members.length)),
  );
  return tasks.map(({ targets, groups: own }) => {
    const rows = [...targets.keys()];
    if (own) {
      return {
        first: rows.filter((row) => chosen.has(own[row])),
        rest: rows.filter((row) => !chosen.has(own[row])),
      };
    }
    const count = Math.max(1, Math.round(share * rows.length));
    const places = random.permutation(rows.length);
    return {
      first: rows.filter((row) => places[row] < count),
      rest: rows.filter((row) => places[row] >= count),
    };
  });
}
