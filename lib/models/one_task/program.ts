import * as tf from "@tensorflow/tfjs";
import { prune } from "./rewrite.ts";
import type { RecordedOperation, Recording, Value } from "./trace.ts";

/** A number of an attribute that grows with the batch: so many times the rows. */
export interface PerRow {
  readonly perRow: number;
}

/** Sides of a tensor, of which some grow with the batch. */
export type Shape = readonly (number | PerRow)[];

/** An operation that can run for any number of rows. */
export interface Operation {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Value>> | readonly Value[];
  /** JSON values, in which a {@linkcode PerRow} stands for a number. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Shapes of the tensors that come out; undefined where a side follows the rows in another way. */
  readonly shapes: readonly (Shape | undefined)[];
}

/** A network as a list of operations, each after those that it reads. */
export interface Program {
  readonly operations: readonly Operation[];
  readonly output: Value;
}

/** Rows of the two passes from which {@linkcode programOf} learns what grows with the batch. */
export const probeRows = [2, 3] as const;

/**
 * What two recordings of the same pass, with the rows of {@linkcode probeRows}, have in common:
 * attributes that grow with the batch are found, what depends on constants alone is computed, and
 * what the output does not need is left out. Keeps the recordings; the tensors stay theirs.
 *
 * @throws {Error} When the passes differ by more than their rows.
 */
export async function programOf(first: Recording, second: Recording): Promise<Program> {
  if (
    first.operations.length !== second.operations.length ||
    first.operations.some(({ kernel }, at) => kernel !== second.operations[at].kernel)
  ) {
    throw new Error(
      "The model takes other steps for 2 rows than for 3, so that it cannot be cut down to one task.",
    );
  }
  const results: Value[][] = [];
  const operations: Operation[] = [];
  const add = (operation: Operation): Value[] => {
    const at = operations.push(operation) - 1;
    return operation.shapes.map((_, output) => ({ kind: "result", operation: at, output }));
  };
  /** A value of both passes; a constant that grows with the batch is filled in by an operation. */
  const same = async (value: Value, other: Value, kernel: string): Promise<Value> => {
    if (value.kind === "result") return results[value.operation][value.output];
    if (value.kind !== "constant" || other.kind !== "constant") return value;
    if (`${value.tensor.shape}` === `${other.tensor.shape}`) {
      await checkSame(value.tensor, other.tensor, kernel);
      return value;
    }
    const shape = sameAttribute(value.tensor.shape, other.tensor.shape, kernel) as Shape;
    const [filled] = add({
      kernel: "Fill",
      inputs: {},
      attributes: {
        shape,
        value: await onlyNumber(value.tensor, kernel),
        dtype: value.tensor.dtype,
      },
      shapes: [shape],
    });
    return filled;
  };
  for (const [at, recorded] of first.operations.entries()) {
    const other = second.operations[at];
    const { kernel, constants, shapes } = recorded;
    if (constants && `${shapes}` === `${other.shapes}`) {
      for (const [output, tensor] of constants.entries()) {
        await checkSame(tensor, other.constants![output], kernel);
      }
      results.push(constants.map((tensor) => ({ kind: "constant", tensor })));
      continue;
    }
    const others = Object.values<Value>(other.inputs);
    const inputs: [string, Value][] = [];
    // One after the other: each may add an operation.
    for (const [place, [name, value]] of Object.entries<Value>(recorded.inputs).entries()) {
      inputs.push([name, await same(value, others[place], kernel)]);
    }
    results.push(
      kernel === "Identity" ? inputs.map(([, value]) => value) : add({
        kernel,
        inputs: Array.isArray(recorded.inputs)
          ? inputs.map(([, value]) => value)
          : Object.fromEntries(inputs),
        attributes: sameAttributes(recorded, other),
        shapes: shapes.map((shape, output) => commonShape(shape, other.shapes[output])),
      }),
    );
  }
  return prune({ operations, output: await same(first.output, second.output, "Identity") });
}

/** Numbers that no input has a part in must not follow the number of rows. */
async function checkSame(first: tf.Tensor, second: tf.Tensor, kernel: string): Promise<void> {
  // Most are weights, of which both passes hold the same numbers.
  if (first.dataId === second.dataId) return;
  const [ours, theirs] = await Promise.all([first.data(), second.data()]);
  if (ours.every((value, at) => Object.is(value, theirs[at]))) return;
  throw new Error(
    `The model gives the operation ${kernel} other numbers for ${probeRows[0]} rows than for ${
      probeRows[1]
    }, so that it cannot be cut down to one task.`,
  );
}

async function onlyNumber(tensor: tf.Tensor, kernel: string): Promise<number> {
  const values = await tensor.data<"float32">();
  if (values.some((value) => value !== values[0])) {
    throw new Error(
      `The model gives the operation ${kernel} different numbers for each row of a batch that are no input.`,
    );
  }
  return values[0];
}

function sameAttributes(
  first: RecordedOperation,
  second: RecordedOperation,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(first.attributes).map(([name, value]) => [
      name,
      sameAttribute(value, second.attributes[name], first.kernel),
    ]),
  );
}

function sameAttribute(first: unknown, second: unknown, kernel: string): unknown {
  if (Array.isArray(first) && Array.isArray(second) && first.length === second.length) {
    return first.map((value, at) => sameAttribute(value, second[at], kernel));
  }
  if (first === second || JSON.stringify(first) === JSON.stringify(second)) return first;
  const perRow = Number(first) / probeRows[0];
  if (Number.isInteger(perRow) && Number(second) === perRow * probeRows[1]) {
    return { perRow } satisfies PerRow;
  }
  throw new Error(
    `The operation ${kernel} has a setting that is ${JSON.stringify(first)} for ${
      probeRows[0]
    } rows ` +
      `and ${JSON.stringify(second)} for ${probeRows[1]}.`,
  );
}

function commonShape(first: readonly number[], second: readonly number[]): Shape | undefined {
  try {
    return sameAttribute(first, second, "") as Shape;
  } catch {
    return undefined;
  }
}

/** The constants of a program, each once. */
export function constantsOf({ operations, output }: Program): tf.Tensor[] {
  const values = [...operations.flatMap(({ inputs }) => Object.values<Value>(inputs)), output];
  return [
    ...new Set(values.flatMap((value) => value.kind === "constant" ? [value.tensor] : [])),
  ];
}

type RunKernel = (
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>> | readonly tf.Tensor[],
  attributes: Readonly<Record<string, unknown>>,
) => tf.Tensor | tf.Tensor[];

/** Runs a program on inputs of `rows` rows. The caller owns the result. */
export function runProgram(
  { operations, output }: Program,
  inputs: Readonly<Record<string, tf.Tensor>>,
  rows: number,
): tf.Tensor {
  const engine = tf.engine() as unknown as { runKernel: RunKernel };
  return tf.tidy(() => {
    const results: tf.Tensor[][] = [];
    const tensor = (value: Value): tf.Tensor => {
      switch (value.kind) {
        case "input":
          return inputs[value.name];
        case "constant":
          return value.tensor;
        case "result":
          return results[value.operation][value.output];
      }
    };
    for (const operation of operations) {
      const given = Array.isArray(operation.inputs)
        ? operation.inputs.map(tensor)
        : Object.fromEntries(
          Object.entries<Value>(operation.inputs).map(([name, value]) => [name, tensor(value)]),
        );
      const attributes = forRows(operation.attributes, rows) as Record<string, unknown>;
      results.push([engine.runKernel(operation.kernel, given, attributes)].flat());
    }
    const result = tensor(output);
    return output.kind === "result" ? result : result.clone();
  });
}

/** Attributes with the numbers that grow with the batch put in. */
function forRows(value: unknown, rows: number): unknown {
  if (Array.isArray(value)) return value.map((each) => forRows(each, rows));
  if (isPerRow(value)) return value.perRow * rows;
  if (
    value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
  ) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, forRows(each, rows)]),
    );
  }
  return value;
}

/** Whether a value of an attribute grows with the batch. */
export function isPerRow(value: unknown): value is PerRow {
  return typeof value === "object" && value !== null && "perRow" in value;
}
