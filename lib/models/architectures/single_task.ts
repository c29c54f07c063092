import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn, towers } from "./_towers.ts";

/**
 * A network of its own for each task, all trained in one go: nothing is shared. The baseline that
 * every other architecture has to beat.
 *
 * ```ts
 * import { classification, encoders, singleTask } from "polytask";
 * const model = singleTask({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 * });
 * ```
 */
export function singleTask<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(singleTaskArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode singleTask}. */
export function singleTaskArchitecture(trunk: Trunk): Architecture {
  return graphArchitecture({
    name: "single task",
    trunk: trunkOf(trunk),
    build: (graph) => headsOn(graph, towers(graph, trunk.encoder)),
  });
}
