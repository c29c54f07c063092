import * as tf from "@tensorflow/tfjs";
import type { Task } from "../tasks/mod.ts";
import type { Architecture, BuildContext, InputShapes } from "./architecture.ts";
import {
  buildStages,
  type BuiltStage,
  type Encoder,
  encoderConfiguration,
  encoderFromConfiguration,
  stagePart,
} from "./encoders/encoder.ts";
import { buildHead } from "./_head.ts";
import type { ForwardContext } from "./layers/mod.ts";
import type { StructurePart } from "./structure.ts";

/** Which input each task reads, by task name; of several, the one that a batch holds. */
export type Reads<TaskName extends string = string, Input extends string = string> = Readonly<
  Record<TaskName, Input | readonly Input[]>
>;

/** A trunk that tasks share, and what leads to it. */
export interface StemsOptions {
  /** For each input, by name, what leads from it to the trunk. All end in one shape. */
  readonly stems: Readonly<Record<string, Encoder>>;
  /** The trunk that all tasks share. */
  readonly encoder: Encoder;
  readonly reads: Reads;
}

/** A stem whose variables exist. */
interface BuiltStem {
  readonly stages: readonly BuiltStage[];
  /** `"shared"`, or the one task that reads the stem. */
  readonly owner: string;
}

/**
 * The architecture of `hardSharing` with stems: input, its stem, one trunk for all, a head for each
 * task. A stem that one task alone reads belongs to that task, one that several read is shared.
 *
 * A batch may hold only some of the inputs. The trunk runs once for each input that is needed.
 */
export function stemsArchitecture(options: StemsOptions): Architecture {
  const { stems: recipes, encoder } = options;
  const reads = Object.fromEntries(
    Object.entries(options.reads).map(([task, inputs]) => [task, [inputs].flat()]),
  );
  return {
    name: "hard sharing with stems",
    configuration: {
      stems: Object.fromEntries(
        Object.entries(recipes).map(([input, stem]) => [input, encoderConfiguration(stem)]),
      ),
      encoder: encoderConfiguration(encoder),
      reads,
    },
    build(context) {
      const { inputs, tasks, shared, forTask } = context;
      checkReads(reads, Object.keys(recipes), tasks);
      checkInputs(inputs, Object.keys(recipes));
      const stems = buildStems(recipes, reads, context);
      const trunk = buildStages(encoder.stages, commonShape(stems), shared);
      const features = trunk[trunk.length - 1];
      const heads = new Map(
        tasks.map((task) => [task.name, buildHead(task, features.outputShape, forTask(task.name))]),
      );
      return {
        parts: [
          ...stemParts(stems, inputs),
          ...trunk.map((stage, at) => ({
            ...stagePart(stage, "shared", `shared/${trunk[at - 1]?.name}`),
            ...(at === 0 && { from: [...stems].map(([input, stem]) => lastPart(input, stem)) }),
          })),
          ...tasks.map(({ name }) =>
            stagePart(heads.get(name)!, name, `shared/${features.name}`, "head")
          ),
        ],
        someInputs: true,
        forward: (tensors, wanted, run) =>
          tf.tidy(() => {
            const encoded = new Map<string, tf.Tensor>();
            const outputs: Record<string, tf.Tensor> = {};
            for (const name of wanted) {
              const input = inputOf(name, reads[name], tensors);
              if (!encoded.has(input)) {
                const stages = [...stems.get(input)!.stages, ...trunk];
                encoded.set(input, through(stages, tensors[input], run));
              }
              outputs[name] = heads.get(name)!.apply(encoded.get(input)!, run);
            }
            // With several inputs there is no one tensor that all heads read.
            const [representation] = encoded.size === 1 ? encoded.values() : [];
            return { outputs, representation };
          }),
      };
    },
  };
}

/** Reads back what {@linkcode stemsArchitecture} saved. */
export function stemsFromConfiguration(
  configuration: Readonly<Record<string, unknown>>,
): Architecture {
  const { stems, encoder, reads } = configuration;
  return stemsArchitecture({
    stems: Object.fromEntries(
      Object.entries(stems as Record<string, unknown>)
        .map(([input, stem]) => [input, encoderFromConfiguration(stem)]),
    ),
    encoder: encoderFromConfiguration(encoder),
    reads: reads as Reads,
  });
}

function buildStems(
  recipes: Readonly<Record<string, Encoder>>,
  reads: Readonly<Record<string, readonly string[]>>,
  { inputs, shared, forTask }: BuildContext,
): Map<string, BuiltStem> {
  return new Map(
    Object.entries(recipes).map(([input, { stages }]) => {
      const readers = Object.keys(reads).filter((task) => reads[task].includes(input));
      const owner = readers.length === 1 ? readers[0] : "shared";
      const scope = (readers.length === 1 ? forTask(owner) : shared).child(`stem ${input}`);
      return [input, { stages: buildStages(stages, inputs[input], scope), owner }];
    }),
  );
}

/** The shape in which all stems end. @throws {RangeError} When they differ. */
function commonShape(stems: ReadonlyMap<string, BuiltStem>): readonly number[] {
  const [[first, stem], ...others] = stems;
  const shape = stem.stages[stem.stages.length - 1].outputShape;
  for (const [input, { stages }] of others) {
    const other = stages[stages.length - 1].outputShape;
    if (other.join() === shape.join()) continue;
    throw new RangeError(
      `All stems must end in the shape that the shared encoder reads, but "${first}" ends in [${shape}] and "${input}" in [${other}].`,
    );
  }
  return shape;
}

function through(
  stages: readonly BuiltStage[],
  input: tf.Tensor,
  context: ForwardContext,
): tf.Tensor {
  return stages.reduce((value, stage) => stage.apply(value, context), input);
}

/** The input of a batch that a task is to read. @throws {RangeError} When it is not just one. */
function inputOf(
  task: string,
  readable: readonly string[],
  tensors: Readonly<Record<string, tf.Tensor>>,
): string {
  const here = readable.filter((input) => tensors[input]);
  if (here.length === 1) return here[0];
  const names = (inputs: readonly string[]) => inputs.map((name) => `"${name}"`).join(" or ");
  throw new RangeError(
    here.length === 0
      ? `Task "${task}" reads the input ${
        names(readable)
      }, which is missing; ask for the tasks that read what there is.`
      : `Task "${task}" reads one of ${
        names(readable)
      }, but the batch holds ${here.length} of them.`,
  );
}

function checkReads(
  reads: Readonly<Record<string, readonly string[]>>,
  stems: readonly string[],
  tasks: readonly Task[],
): void {
  for (const { name } of tasks) {
    if (!Object.hasOwn(reads, name) || reads[name].length === 0) {
      throw new RangeError(`Task "${name}" reads no input; name one in reads.`);
    }
  }
  for (const [task, inputs] of Object.entries(reads)) {
    if (!tasks.some(({ name }) => name === task)) {
      throw new RangeError(`reads names the task "${task}", which the model does not have.`);
    }
    const unknown = inputs.find((input) => !stems.includes(input));
    if (unknown !== undefined) {
      throw new RangeError(`Task "${task}" reads the input "${unknown}", which has no stem.`);
    }
  }
  const unread = stems.find((stem) => !Object.values(reads).flat().includes(stem));
  if (unread !== undefined) {
    throw new RangeError(`No task reads the stem "${unread}"; leave it out.`);
  }
}

function checkInputs(inputs: InputShapes, stems: readonly string[]): void {
  const missing = stems.find((stem) => !Object.hasOwn(inputs, stem));
  if (missing !== undefined) {
    throw new RangeError(
      `There is a stem for the input "${missing}", but the data have no such input; they have ${
        Object.keys(inputs).map((name) => `"${name}"`).join(", ")
      }.`,
    );
  }
  const unread = Object.keys(inputs).find((input) => !stems.includes(input));
  if (unread !== undefined) {
    throw new RangeError(`The data have an input "${unread}", but there is no stem for it.`);
  }
}

/** Inputs and stems in the picture of the model. */
function stemParts(stems: ReadonlyMap<string, BuiltStem>, inputs: InputShapes): StructurePart[] {
  return [...stems].flatMap(([input, { stages, owner }]) => [
    {
      id: inputId(input),
      label: input,
      kind: "input" as const,
      owner,
      shape: inputs[input],
      parameters: 0,
      from: [],
    },
    ...stages.map((stage, at) => ({
      ...stagePart(stage, owner, at === 0 ? inputId(input) : stemId(input, stages[at - 1])),
      id: stemId(input, stage),
      label: `${input}: ${stage.name}`,
    })),
  ]);
}

const inputId = (input: string) => `input ${input}`;
const stemId = (input: string, { name }: BuiltStage) => `stem ${input}/${name}`;
const lastPart = (input: string, { stages }: BuiltStem) => stemId(input, stages[stages.length - 1]);
