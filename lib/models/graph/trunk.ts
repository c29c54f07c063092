import type { Task, TaskName } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import {
  type Encoder,
  encoderConfiguration,
  encoderFromConfiguration,
} from "../encoders/encoder.ts";

/** Which input each task reads, by task name; of several, the one that a batch holds. */
export type Reads<Name extends string = string, Input extends string = string> = Readonly<
  Record<Name, Input | readonly Input[]>
>;

/** What every architecture is made of: an encoder, and what leads to it from several inputs. */
export interface Trunk {
  /** What turns an input into features. */
  readonly encoder: Encoder;
  /** What leads from each input, by name, to the encoder; none where there is one input. */
  readonly stems?: Readonly<Record<string, Encoder>>;
  /** The input that each task reads, where there are stems. */
  readonly reads?: Reads;
}

/** Settings that all architectures have. */
export type TrunkOptions<Tasks extends readonly Task[], Input extends string = string> =
  & {
    /** What turns an input into features: its stages are what the architecture shares, ties or mixes. */
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
       * For data with several inputs: what leads from each, by name, to the encoder. All stems end
       * in one shape. A stem belongs to the task that reads it, and is shared when several do.
       */
      readonly stems: Readonly<Record<Input, Encoder>>;
      /** The input that each task reads; of several, the one that a batch holds. */
      readonly reads: Reads<TaskName<Tasks>, NoInfer<Input>>;
    }
  );

/** The trunk among the settings of an architecture. */
export function trunkOf({ encoder, stems, reads }: Trunk): Trunk {
  return stems ? { encoder, stems, reads } : { encoder };
}

/** A trunk as JSON. */
export function trunkConfiguration({ encoder, stems, reads }: Trunk): Record<string, unknown> {
  return {
    encoder: encoderConfiguration(encoder),
    ...stems && {
      stems: Object.fromEntries(
        Object.entries(stems).map(([input, stem]) => [input, encoderConfiguration(stem)]),
      ),
      reads,
    },
  };
}

/** The trunk that {@linkcode trunkConfiguration} described. */
export function trunkFromConfiguration(configuration: Readonly<Record<string, unknown>>): Trunk {
  const { encoder, stems, reads } = configuration;
  return {
    encoder: encoderFromConfiguration(encoder),
    ...stems !== undefined && {
      stems: Object.fromEntries(
        Object.entries(stems as Record<string, unknown>)
          .map(([input, stem]) => [input, encoderFromConfiguration(stem)]),
      ),
      reads: reads as Reads,
    },
  };
}

/** Makes an architecture again from what it saved: its trunk, and its settings by name. */
export function fromSaved<Settings>(
  make: (options: Trunk & Settings) => Architecture,
): (configuration: Readonly<Record<string, unknown>>) => Architecture {
  return (configuration) =>
    make({ ...configuration as Settings, ...trunkFromConfiguration(configuration) });
}
