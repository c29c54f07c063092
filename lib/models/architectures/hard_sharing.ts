import type { Task, TaskName } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";

/** Settings of {@linkcode hardSharing} besides the trunk. */
export interface HardSharingSettings<Name extends string = string> {
  /**
   * Stages that are shared, counted from the first, for all tasks or by task; a task has its own
   * copies of the rest. Default: all.
   */
  readonly split?: number | Readonly<Partial<Record<Name, number>>>;
}

/** Settings of {@linkcode hardSharing}. */
export type HardSharingOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & HardSharingSettings<NoInfer<TaskName<Tasks>>>;

/**
 * One trunk for all tasks, one head for each (Caruana 1993). The trunk's variables are shared, the
 * heads' belong to their tasks.
 *
 * ```ts
 * import { classification, encoders, hardSharing, regression } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [64] }),
 *   tasks: [classification("digit", { classes: 10 }), regression("slant")],
 * });
 * ```
 *
 * With `split`, tasks part before the end of the trunk: `split: 1` shares the first stage alone.
 *
 * With `stems`, tasks may read different inputs, as those of joint data sets do:
 *
 * ```ts
 * import { classification, encoders, hardSharing } from "polytask";
 * const model = hardSharing({
 *   stems: {
 *     scan: encoders.smallCnn({ filters: [8], units: 64 }),
 *     photo: encoders.smallCnn({ filters: [8, 16], units: 64 }),
 *   },
 *   encoder: encoders.mlp({ units: [128] }),
 *   tasks: [classification("digit", { classes: 10 }), classification("object", { classes: 10 })],
 *   reads: { digit: "scan", object: "photo" },
 * });
 * model.build({ inputs: { scan: [28, 28, 1], photo: [32, 32, 3] } });
 * model.dispose();
 * ```
 */
export function hardSharing<const Tasks extends readonly Task[], Input extends string>(
  options: HardSharingOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(hardSharingArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode hardSharing}.
 * @throws {RangeError} From `build`, when `split` is not a number of stages, or names no task.
 */
export function hardSharingArchitecture(options: Trunk & HardSharingSettings): Architecture {
  const { encoder: { stages }, split } = options;
  return graphArchitecture({
    name: "hard sharing",
    trunk: trunkOf(options),
    settings: split === undefined ? {} : { split },
    build(graph) {
      const depths = depthsOf(split, stages.length, graph.tasks);
      const trunk = [
        graph.source,
        ...graph.stages(stages.slice(0, Math.max(...depths)), graph.source),
      ];
      graph.tasks.forEach((task, at) => {
        const own = graph.stages(stages.slice(depths[at]), trunk[depths[at]], { owner: task.name });
        graph.head(task, own.at(-1) ?? trunk[depths[at]]);
      });
      if (depths.every((depth) => depth === stages.length)) graph.representation(trunk.at(-1)!);
    },
  });
}

/** Shared stages of each task. */
function depthsOf(
  split: HardSharingSettings["split"],
  stages: number,
  tasks: readonly Task[],
): number[] {
  if (typeof split === "object") {
    const unknown = Object.keys(split).find((name) => !tasks.some((task) => task.name === name));
    if (unknown !== undefined) {
      throw new RangeError(`split names the task "${unknown}", which the model does not have.`);
    }
  }
  return tasks.map(({ name }) => {
    const depth = (typeof split === "object" ? split[name] : split) ?? stages;
    if (!Number.isInteger(depth) || depth < 0 || depth > stages) {
      throw new RangeError(
        `split must be a number of stages from 0 to ${stages}, but is ${depth} for "${name}".`,
      );
    }
    return depth;
  });
}
