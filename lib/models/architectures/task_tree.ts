import type { Task, TaskName } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { Encoder } from "../encoders/encoder.ts";
import {
  graphArchitecture,
  type GraphNode,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn } from "./_towers.ts";

/** For each stage the tasks in groups; the tasks of a group share the stage. */
export type Branches<Name extends string = string> = readonly (readonly (readonly Name[])[])[];

/** Settings of {@linkcode taskTree} besides the trunk. */
export interface TaskTreeSettings<Name extends string = string> {
  /**
   * For each stage of the encoder, first to last, the tasks in groups: a group has one copy of the
   * stage. Once apart, tasks stay apart.
   */
  readonly branches: Branches<Name>;
}

/**
 * Hard sharing in the shape of a tree: tasks go the first stages together and part later, the least
 * alike first (as in branched multi-task networks, Vandenhende et al. 2020). A stage of one task
 * belongs to that task, one of several is shared.
 *
 * ```ts
 * import { binary, encoders, taskTree } from "polytask";
 * const model = taskTree({
 *   encoder: encoders.mlp({ units: [16, 8] }),
 *   tasks: [binary("rain"), binary("snow"), binary("fog")],
 *   branches: [
 *     [["rain", "snow", "fog"]], // dense 1: all together
 *     [["rain", "snow"], ["fog"]], // dense 2: fog by itself
 *   ],
 * });
 * ```
 * @throws {RangeError} From `build`, when `branches` are not one partition of the tasks for each
 * stage, or join tasks again.
 */
export function taskTree<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & TaskTreeSettings<NoInfer<TaskName<Tasks>>>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(taskTreeArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode taskTree}. */
export function taskTreeArchitecture(options: Trunk & TaskTreeSettings): Architecture {
  const { encoder, branches } = options;
  return graphArchitecture({
    name: "task tree",
    trunk: trunkOf(options),
    settings: { branches },
    build(graph) {
      const names = graph.tasks.map(({ name }) => name);
      checkBranches(branches, encoder, names);
      const at = new Map<string, GraphNode>(names.map((name) => [name, graph.source]));
      encoder.stages.forEach((stage, level) => {
        for (const group of branches[level]) {
          const alone = group.length === 1;
          const all = group.length === names.length;
          const node = graph.stage(stage, at.get(group[0])!, {
            owner: alone ? group[0] : "shared",
            ...!alone && !all && { name: group.join(" + ") },
          });
          for (const name of group) at.set(name, node);
        }
      });
      headsOn(graph, names.map((name) => at.get(name)!));
      const ends = new Set(at.values());
      if (ends.size === 1) graph.representation([...ends][0]);
    },
  });
}

function checkBranches(branches: Branches, encoder: Encoder, tasks: readonly string[]): void {
  const { stages } = encoder;
  if (branches.length !== stages.length) {
    throw new RangeError(
      `branches has ${branches.length} levels, but the encoder has ${stages.length} stages.`,
    );
  }
  let before: readonly (readonly string[])[] = [tasks];
  branches.forEach((groups, level) => {
    const stage = stages[level].name;
    const named = groups.flat();
    const wrong = named.find((name, at) => !tasks.includes(name) || named.indexOf(name) < at) ??
      tasks.find((name) => !named.includes(name));
    if (wrong !== undefined || groups.some((group) => group.length === 0)) {
      throw new RangeError(
        `branches of the stage "${stage}" must name every task once` +
          (wrong === undefined ? ", and no group may be empty." : `; look at "${wrong}".`),
      );
    }
    const joined = groups.find((group) =>
      !before.some((earlier) => group.every((name) => earlier.includes(name)))
    );
    if (joined) {
      throw new RangeError(
        `branches join ${
          joined.map((name) => `"${name}"`).join(", ")
        } in the stage "${stage}", but they parted before it.`,
      );
    }
    before = groups;
  });
}
