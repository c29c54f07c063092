import type * as tf from "@tensorflow/tfjs";
import type { InputShapes } from "../architecture.ts";
import type { Operation, Program, Shape } from "./program.ts";
import type { Value } from "./trace.ts";

/** A program without the operations that its output does not need. */
export function prune({ operations, output }: Program): Program {
  const needed = new Set<number>();
  const visit = (value: Value) => {
    if (value.kind !== "result" || needed.has(value.operation)) return;
    needed.add(value.operation);
    Object.values<Value>(operations[value.operation].inputs).forEach(visit);
  };
  visit(output);
  const place = new Map([...needed].sort((a, b) => a - b).map((old, at) => [old, at]));
  const moved = (value: Value): Value =>
    value.kind === "result" ? { ...value, operation: place.get(value.operation)! } : value;
  return {
    operations: [...place.keys()].map((old) => withInputs(operations[old], moved)),
    output: moved(output),
  };
}

/** An operation that reads other values. */
export function withInputs(
  operation: Operation,
  change: (value: Value, name: string) => Value,
): Operation {
  const { inputs } = operation;
  const changed = Object.entries<Value>(inputs).map(([name, value]) =>
    [name, change(value, name)] as const
  );
  return {
    ...operation,
    inputs: Array.isArray(inputs) ? changed.map(([, value]) => value) : Object.fromEntries(changed),
  };
}

/** A program in which the results of some operations are values that were there before. */
export function replaced(
  { operations, output }: Program,
  behind: ReadonlyMap<number, Value | readonly Value[]>,
): Program {
  const resolve = (value: Value): Value => {
    const before = value.kind === "result" ? behind.get(value.operation) : undefined;
    if (!before || value.kind !== "result") return value;
    return resolve(isList(before) ? before[value.output] : before);
  };
  return prune({
    operations: operations.map((operation) => withInputs(operation, resolve)),
    output: resolve(output),
  });
}

const isList = (values: Value | readonly Value[]): values is readonly Value[] =>
  Array.isArray(values);

/** How many operations read each value, the caller among them; by {@linkcode nameOf}. */
export function countReaders({ operations, output }: Program): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (
    const value of [...operations.flatMap(({ inputs }) => Object.values<Value>(inputs)), output]
  ) {
    if (value.kind === "result") counts.set(nameOf(value), (counts.get(nameOf(value)) ?? 0) + 1);
  }
  return counts;
}

/** A name for a result. */
export const nameOf = ({ operation, output }: Value & { readonly kind: "result" }) =>
  `${operation}:${output}`;

/** Shape of a value; undefined where a side follows the rows in a way of its own. */
export function shapeOf(
  value: Value,
  operations: readonly Operation[],
  inputShapes: InputShapes,
): Shape | undefined {
  switch (value.kind) {
    case "input":
      return [{ perRow: 1 }, ...inputShapes[value.name]];
    case "constant":
      return value.tensor.shape;
    case "result":
      return operations[value.operation].shapes[value.output];
  }
}

/** The tensor of a constant. */
export const tensorOf = (value: Value): tf.Tensor | undefined =>
  value.kind === "constant" ? value.tensor : undefined;

/** How often operations read each constant. */
export function countReads(operations: readonly Operation[]): ReadonlyMap<tf.Tensor, number> {
  const reads = new Map<tf.Tensor, number>();
  for (const value of operations.flatMap(({ inputs }) => Object.values<Value>(inputs))) {
    const tensor = tensorOf(value);
    if (tensor) reads.set(tensor, (reads.get(tensor) ?? 0) + 1);
  }
  return reads;
}
