import { type Column, rowSize } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";

/**
 * Makes one task of every group: a target for each, labelled for the examples of that group and
 * missing for all others. Tasks are named after the groups, in the order of their first example; where
 * a group is called by a whole number all names have that of the grouping before them (`"user 7"`),
 * since an object would put bare numbers in an order of its own. The numbers themselves are shared,
 * only the masks are new: a byte for each task and row.
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
  // By the whole column, so that all parts of a set have the same names.
  const numbered = [...new Set(Array.from(members)), ...options.groups ?? []]
    .some((member) => /^\d+$/.test(String(member)));
  const targets: Record<string, Column> = {};
  const masks = new Map(
    [...options.groups ?? own].map((member) => [member, new Uint8Array(rows)]),
  );
  for (const row of dataset.rows) {
    const mask = masks.get(members[row]);
    if (mask) mask[row] = column.mask?.[row] ?? 1;
  }
  for (const [member, mask] of masks) {
    targets[numbered ? `${group} ${member}` : String(member)] = { ...column, mask };
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
