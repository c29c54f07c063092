import { LinearData } from "./data.ts";
import type { Matrix } from "./_matrix.ts";
import type { LinearModel } from "./model.ts";

/**
 * A classification as one yes-or-no task a class on shared rows: "is it this class?". With
 * `ridge` and the logistic loss these are the usual one-against-rest classifiers, tasks that share
 * nothing; with another penalty they share what it says.
 *
 * @param data Data with a single classification task.
 */
export function oneAgainstRest(data: LinearData): LinearData {
  const [task] = data.tasks;
  if (data.tasks.length !== 1 || task.kind !== "classification") {
    throw new RangeError(
      `oneAgainstRest takes one classification, not ${
        data.tasks.map(({ name, kind }) => `"${name}" (${kind})`).slice(0, 3).join(", ")
      }.`,
    );
  }
  const classes = Array.from({ length: task.classes! }, (_, index) => index);
  return new LinearData(
    classes.map((index) => ({
      name: task.labels?.[index] ?? `${task.name} ${index}`,
      kind: "binary" as const,
      inputs: task.inputs,
      targets: task.targets.map((target) => target === index ? 1 : 0),
      groups: task.groups,
    })),
    data.features,
  );
}

/** For every row the task (by number) with the highest score. */
export function highestScore(model: LinearModel, inputs: Matrix): Int32Array {
  const best = new Int32Array(inputs.rows);
  const top = new Float64Array(inputs.rows).fill(-Infinity);
  model.tasks.forEach(({ name }, index) => {
    model.scores(name, inputs).forEach((score, row) => {
      if (score <= top[row]) return;
      top[row] = score;
      best[row] = index;
    });
  });
  return best;
}
