import { type Column, rowSize } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";

/**
 * Makes one task of every group: a target for each, labelled for the examples of that group and
 * missing for all others. Tasks are named after the groups, in the order of their first example;
 * the numbers themselves are shared, only the masks are new.
 *
 * ```ts
 * import { data, MultiTaskDataset } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const reviews = MultiTaskDataset.from({
 *   inputs: { words: { values: Float32Array.of(1, 2, 3), shape: [] } },
 *   targets: { sentiment: { values: Float32Array.of(1, 0, 1), shape: [] } },
 *   groups: { domain: ["books", "music", "books"] },
 * });
 * const tasks = data.tasksByGroup(reviews, "sentiment", "domain");
 * deepStrictEqual([...tasks.target("books").mask!], [1, 0, 1]);
 * ```
 *
 * @param options `groups`: names and order of the tasks; give those of the training part for a part
 * that may lack some. Default: the groups of this part.
 * @throws {RangeError} When there is no such target or group.
 */
export function tasksByGroup<Input extends string, Target extends string>(
  dataset: MultiTaskDataset<Input, Target>,
  target: Target,
  group: string,
  options: { readonly groups?: readonly (string | number)[] } = {},
): MultiTaskDataset<Input, string> {
  const column = dataset.targets[target];
  const members = dataset.groups[group];
  if (!column || !members) {
    const [what, name, there] = column
      ? ["group", group, dataset.groups]
      : ["target", target, dataset.targets];
    throw new RangeError(
      `"${dataset.name}" has no ${what} "${name}"; it has ${
        Object.keys(there).join(", ") || "none"
      }.`,
    );
  }
  const rows = column.values.length / rowSize(column.shape);
  const own = new Set(Array.from(dataset.rows, (row) => members[row]));
  const targets: Record<string, Column> = {};
  for (const task of options.groups ?? own) {
    const mask = new Uint8Array(rows);
    for (const row of dataset.rows) {
      mask[row] = members[row] === task && (column.mask?.[row] ?? 1) ? 1 : 0;
    }
    targets[String(task)] = { ...column, mask };
  }
  const { inputs, groups, name, description, origin } = dataset;
  return MultiTaskDataset.from<Input, string>({
    inputs,
    targets,
    groups,
    name,
    description,
    origin,
  })
    .subset(dataset.rows);
}
