import type * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { BuildContext, InputShapes } from "../architecture.ts";
import { buildStages, type BuiltStage, type Encoder } from "../encoders/encoder.ts";
import { stageOf } from "./builder.ts";
import { type GraphPart, type GraphSource, inputId } from "./part.ts";
import type { Reads } from "./trunk.ts";

/** What leads to the trunk: inputs and stems. */
export interface Entrance {
  readonly parts: readonly GraphPart[];
  readonly source: GraphSource;
  /** Shape of what the trunk reads. */
  readonly shape: readonly number[];
}

/** A stem whose variables exist. */
interface BuiltStem {
  readonly stages: readonly BuiltStage[];
  /** `"shared"`, or the one task that reads the stem. */
  readonly owner: string;
}

/**
 * The one input of an architecture without stems.
 * @throws {RangeError} When there are several.
 */
export function onlyInput(inputs: InputShapes, architecture: string): Entrance {
  const entries = Object.entries(inputs);
  if (entries.length !== 1) {
    throw new RangeError(
      `A model with ${architecture} reads one input, but the data have ${entries.length}: ${
        entries.map(([name]) => `"${name}"`).join(", ")
      }; give it stems to read several.`,
    );
  }
  const [[name, shape]] = entries;
  const id = inputId(name);
  return {
    parts: [inputPart(name, shape, "shared")],
    source: { id, entries: new Map([[name, id]]), inputOf: () => name },
    shape,
  };
}

/**
 * Stems that lead from several inputs to one trunk. A stem that one task alone reads belongs to that
 * task, one that several read is shared. A batch may hold only some of the inputs.
 */
export function stemsEntrance(
  recipes: Readonly<Record<string, Encoder>>,
  reads: Reads,
  context: BuildContext,
): Entrance {
  const readable = Object.fromEntries(
    Object.entries(reads).map(([task, inputs]) => [task, [inputs].flat()]),
  );
  checkReads(readable, Object.keys(recipes), context.tasks);
  checkInputs(context.inputs, Object.keys(recipes));
  const stems = buildStems(recipes, readable, context);
  return {
    parts: stemParts(stems, context.inputs),
    source: {
      id: "stems",
      entries: new Map([...stems].map(([input, stem]) => [input, lastPart(input, stem)])),
      inputOf: (task, tensors) => inputOf(task, readable[task], tensors),
    },
    shape: commonShape(stems),
  };
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
      `All stems must end in the shape that the encoder reads, but "${first}" ends in [${shape}] and "${input}" in [${other}].`,
    );
  }
  return shape;
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

function stemParts(stems: ReadonlyMap<string, BuiltStem>, inputs: InputShapes): GraphPart[] {
  return [...stems].flatMap(([input, { stages, owner }]) => {
    const first = inputPart(input, inputs[input], owner);
    let from = { id: first.id, shape: first.shape };
    const parts = stages.map((stage) => {
      const id = stemId(input, stage);
      const label = `${input}: ${stage.name}`;
      const part = stageOf(stage, { id, label, owner, kind: "stage", from });
      from = { id, shape: stage.outputShape };
      return part;
    });
    return [first, ...parts];
  });
}

function inputPart(name: string, shape: readonly number[], owner: string): GraphPart {
  return {
    id: inputId(name),
    label: name,
    kind: "input",
    owner,
    shape,
    parameters: 0,
    from: [],
    apply: () => {
      throw new RangeError(`Input "${name}" is missing in this batch.`);
    },
  };
}

const stemId = (input: string, { name }: BuiltStage) => `stem ${input}/${name}`;
const lastPart = (input: string, { stages }: BuiltStem) => stemId(input, stages[stages.length - 1]);
