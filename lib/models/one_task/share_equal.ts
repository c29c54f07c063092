import type * as tf from "@tensorflow/tfjs";
import type { InputShapes } from "../architecture.ts";
import { constantsOf, type Operation, type Program } from "./program.ts";
import { replaced, shapeOf, withInputs } from "./rewrite.ts";
import type { Value } from "./trace.ts";

/** A program that computes nothing twice, and keeps no reshaping that changes nothing. */
export async function shareEqual(program: Program, inputShapes: InputShapes): Promise<Program> {
  return withoutRepeats(withoutReshapes(program, inputShapes), await singleNumbers(program));
}

/** Those of the constants that are one number each, by their value. */
async function singleNumbers(program: Program): Promise<ReadonlyMap<tf.Tensor, string>> {
  const names = new Map<tf.Tensor, string>();
  for (const tensor of constantsOf(program)) {
    if (tensor.size !== 1) continue;
    const [number] = await tensor.data();
    names.set(tensor, `${tensor.dtype} [${tensor.shape}] ${Object.is(number, -0) ? "-0" : number}`);
  }
  return names;
}

function withoutRepeats(program: Program, single: ReadonlyMap<tf.Tensor, string>): Program {
  const tensors = new Map<tf.Tensor, number>();
  const first = new Map<string, number>();
  const behind = new Map<number, readonly Value[]>();
  const known = (value: Value): Value =>
    value.kind === "result" ? behind.get(value.operation)?.[value.output] ?? value : value;
  const key = (value: Value): unknown => {
    if (value.kind !== "constant") return value;
    const name = single.get(value.tensor);
    if (name !== undefined) return name;
    if (!tensors.has(value.tensor)) tensors.set(value.tensor, tensors.size);
    return tensors.get(value.tensor);
  };
  for (const [at, operation] of program.operations.entries()) {
    const { kernel, attributes, inputs, shapes } = withInputs(operation, known);
    const text = JSON.stringify([
      kernel,
      attributes,
      Object.entries<Value>(inputs).map(([name, value]) => [name, key(value)]),
    ], withInfinities);
    const same = first.get(text);
    if (same === undefined) first.set(text, at);
    else {
      behind.set(
        at,
        shapes.map((_, output) => ({ kind: "result", operation: same, output })),
      );
    }
  }
  return replaced(program, behind);
}

/** For `JSON.stringify`, which makes all that is not finite the same. */
const withInfinities = (_key: string, value: unknown) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

function withoutReshapes({ operations, output }: Program, inputShapes: InputShapes): Program {
  // The first of several in a row alone is read.
  const source = (value: Value): Value => {
    const operation = value.kind === "result" ? operations[value.operation] : undefined;
    return operation?.kernel === "Reshape" ? source(given(operation)) : value;
  };
  const behind = new Map<number, Value>();
  const shortened = operations.map((operation, at): Operation => {
    if (operation.kernel !== "Reshape") return operation;
    const from = source(given(operation));
    const [shape] = operation.shapes;
    if (shape && JSON.stringify(shape) === JSON.stringify(shapeOf(from, operations, inputShapes))) {
      behind.set(at, from);
    }
    return withInputs(operation, () => from);
  });
  return replaced({ operations: shortened, output }, behind);
}

/** What an operation with one operand reads. */
const given = ({ inputs }: Operation) => Object.values<Value>(inputs)[0];
