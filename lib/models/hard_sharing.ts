import * as tf from "@tensorflow/tfjs";
import type { Task } from "../tasks/mod.ts";
import type { Architecture } from "./architecture.ts";
import {
  buildStages,
  type Encoder,
  encoderConfiguration,
  encoderFromConfiguration,
  stagePart,
} from "./encoders/encoder.ts";
import { buildHead } from "./_head.ts";
import { MultiTaskModel } from "./model.ts";
import { onlyInput } from "./_only_input.ts";

/** Settings of {@linkcode hardSharing}. */
export interface HardSharingOptions<Tasks extends readonly Task[]> {
  /** The trunk that all tasks share. */
  readonly encoder: Encoder;
  /** The tasks, each with a head of its own. */
  readonly tasks: Tasks;
  /** Seed of the first weights. Default: the seed given to `fit`. */
  readonly seed?: number | string;
}

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
 */
export function hardSharing<const Tasks extends readonly Task[]>(
  options: HardSharingOptions<Tasks>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(hardSharingArchitecture(options.encoder), options.tasks, options.seed);
}

/** The architecture behind {@linkcode hardSharing}. */
export function hardSharingArchitecture(encoder: Encoder): Architecture {
  return {
    name: "hard sharing",
    configuration: { encoder: encoderConfiguration(encoder) },
    build({ inputs, tasks, shared, forTask }) {
      const [inputName, inputShape] = onlyInput(inputs, "Hard sharing");
      const trunk = buildStages(encoder.stages, inputShape, shared);
      const features = trunk[trunk.length - 1];
      const heads = new Map(
        tasks.map((task) => [task.name, buildHead(task, features.outputShape, forTask(task.name))]),
      );
      const input = { id: "input", label: inputName, kind: "input", owner: "shared" } as const;
      const trunkParts = trunk.map((stage, at) =>
        stagePart(stage, "shared", at === 0 ? "input" : `shared/${trunk[at - 1].name}`)
      );
      const headParts = tasks.map((task) =>
        stagePart(heads.get(task.name)!, task.name, `shared/${features.name}`, "head")
      );
      return {
        parts: [
          { ...input, shape: inputShape, parameters: 0, from: [] },
          ...trunkParts,
          ...headParts,
        ],
        forward: (tensors, wanted, context) =>
          tf.tidy(() => {
            const representation = trunk.reduce<tf.Tensor>(
              (value, stage) => stage.apply(value, context),
              tensors[inputName],
            );
            const outputs: Record<string, tf.Tensor> = {};
            for (const name of wanted) {
              outputs[name] = heads.get(name)!.apply(representation, context);
            }
            return { outputs, representation };
          }),
      };
    },
  };
}

/** Reads back what {@linkcode hardSharingArchitecture} saved. */
export function hardSharingFromConfiguration(
  configuration: Readonly<Record<string, unknown>>,
): Architecture {
  return hardSharingArchitecture(encoderFromConfiguration(configuration.encoder));
}
