import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import {
  graphArchitecture,
  type Trunk,
  trunkFromConfiguration,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";

/** Settings of {@linkcode hardSharing}. */
export type HardSharingOptions<Tasks extends readonly Task[], Input extends string = string> =
  TrunkOptions<Tasks, Input>;

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

/** The architecture behind {@linkcode hardSharing}. */
export function hardSharingArchitecture(trunk: Trunk): Architecture {
  return graphArchitecture({
    name: "hard sharing",
    trunk: trunkOf(trunk),
    build(graph) {
      const features = graph.stages(trunk.encoder.stages, graph.source).at(-1)!;
      for (const task of graph.tasks) graph.head(task, features);
      graph.representation(features);
    },
  });
}

/** Reads back what {@linkcode hardSharingArchitecture} saved. */
export function hardSharingFromConfiguration(
  configuration: Readonly<Record<string, unknown>>,
): Architecture {
  return hardSharingArchitecture(trunkFromConfiguration(configuration));
}
