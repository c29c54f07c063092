import * as tf from "@tensorflow/tfjs";
import type { Task, TaskName } from "../tasks/mod.ts";
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
import { type Reads, stemsArchitecture } from "./stems.ts";

/** Settings of {@linkcode hardSharing}. */
export type HardSharingOptions<
  Tasks extends readonly Task[],
  Input extends string = string,
> =
  & {
    /** The trunk that all tasks share. */
    readonly encoder: Encoder;
    /** The tasks, each with a head of its own. */
    readonly tasks: Tasks;
    /** Seed of the first weights. Default: the seed given to `fit`. */
    readonly seed?: number | string;
  }
  & (
    | { readonly stems?: undefined; readonly reads?: undefined }
    | {
      /**
       * For data with several inputs: what leads from each, by name, to the trunk. All stems end in
       * one shape. A stem belongs to the task that reads it, and is shared when several do.
       */
      readonly stems: Readonly<Record<Input, Encoder>>;
      /** The input that each task reads; of several, the one that a batch holds. */
      readonly reads: Reads<TaskName<Tasks>, NoInfer<Input>>;
    }
  );

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
  const { encoder, tasks, seed, stems, reads = {} } = options;
  const architecture = stems
    ? stemsArchitecture({ encoder, stems, reads })
    : hardSharingArchitecture(encoder);
  return new MultiTaskModel(architecture, tasks, seed);
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
