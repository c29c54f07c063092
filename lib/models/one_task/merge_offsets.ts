import type * as tf from "@tensorflow/tfjs";
import type { MadeConstants } from "./made_constants.ts";
import type { Operation, Program } from "./program.ts";
import { countReaders, nameOf, replaced } from "./rewrite.ts";
import { channelsOf } from "./scale_site.ts";
import type { Value } from "./trace.ts";

/** An operation that adds numbers of channels to a value. */
interface Offset {
  readonly x: Value;
  readonly numbers: Float32Array;
}

/** Operations that give the same whether channels are shifted before or after. */
const passing = new Set(["AvgPool", "MaxPool"]);

/** A program in which offsets of channels that follow one another are one. */
export async function mergeOffsets(program: Program, made: MadeConstants): Promise<Program> {
  const operations = [...program.operations];
  const readers = countReaders(program);
  const offsets = new Map<number, Offset>();
  const behind = new Map<number, Value>();
  for (const [at, operation] of operations.entries()) {
    const offset = await offsetOf(operation);
    if (!offset) continue;
    const before = keepsShape(operation, offset.x)
      ? offsetBefore(offset.x, offset.numbers.length)
      : undefined;
    const earlier = before !== undefined ? offsets.get(before) : undefined;
    if (before === undefined || earlier?.numbers.length !== offset.numbers.length) {
      offsets.set(at, offset);
      continue;
    }
    const numbers = earlier.numbers.map((number, channel) => number + offset.numbers[channel]);
    const tensor = made.make(numbers, [numbers.length]);
    offsets.set(before, { x: earlier.x, numbers });
    operations[before] = {
      ...operations[before],
      kernel: "Add",
      inputs: { a: earlier.x, b: { kind: "constant", tensor } },
    };
    behind.set(at, offset.x);
  }
  return replaced({ operations, output: program.output }, behind);

  /** The offset that a value comes from, on a way that nothing else reads. */
  function offsetBefore(value: Value, channels: number): number | undefined {
    if (value.kind !== "result" || readers.get(nameOf(value)) !== 1) return undefined;
    const merged = behind.get(value.operation);
    if (merged) return offsetBefore(merged, channels);
    if (offsets.has(value.operation)) return value.operation;
    const { kernel, inputs, shapes: [shape] } = operations[value.operation];
    const [given] = Object.values<Value>(inputs);
    const passes = passing.has(kernel) ||
      (kernel === "Reshape" && shapeOf(given)?.at(-1) === channels && shape?.at(-1) === channels);
    return passes ? offsetBefore(given, channels) : undefined;
  }

  function keepsShape({ shapes: [shape] }: Operation, value: Value): boolean {
    return JSON.stringify(shape) === JSON.stringify(shapeOf(value));
  }

  function shapeOf(value: Value) {
    return value.kind === "result" ? operations[value.operation].shapes[value.output] : undefined;
  }
}

/** What an operation adds to the channels of a value, one number each. */
async function offsetOf(
  { kernel, inputs, shapes: [shape] }: Operation,
): Promise<Offset | undefined> {
  if ((kernel !== "Add" && kernel !== "Sub") || !shape) return undefined;
  const { a, b } = inputs as Readonly<Record<string, Value>>;
  const [x, constant] = kernel === "Add" && a.kind === "constant" ? [b, a] : [a, b];
  if (constant.kind !== "constant" || !isOfChannels(constant.tensor, shape.length)) {
    return undefined;
  }
  if (x.kind !== "result" || constant.tensor.size !== channelsOf(shape)) return undefined;
  const numbers = await constant.tensor.data<"float32">();
  return { x, numbers: kernel === "Add" ? numbers : numbers.map((number) => -number) };
}

const isOfChannels = ({ shape, dtype, rank }: tf.Tensor, most: number) =>
  dtype === "float32" && rank > 0 && rank <= most &&
  shape.slice(0, -1).every((side) => side === 1);
