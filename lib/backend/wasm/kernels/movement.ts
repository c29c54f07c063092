import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { register, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Multiplications that take as long as moving one value. */
const WORK_PER_VALUE = 4;
/** Axes that the place for structures has room for. */
const MOST_AXES = 16;

/** Transpose, Unpack, SplitV, Pack and Concat of values of four bytes. */
export function registerMovement(runtime: Runtime): void {
  const transpose = upstreamKernel("Transpose");
  register<"x", { perm: number[] }>("Transpose", ({ x }, { perm }) => {
    if (!isMovable(x) || size(x.shape) === 0) return transpose({ x }, { perm });
    return permute(runtime, x, perm);
  });
  const unpack = upstreamKernel("Unpack");
  register<"value", { axis: number }>("Unpack", ({ value }, { axis }) => {
    if (!isMovable(value)) return unpack({ value }, { axis });
    const along = tf.util.parseAxisParam(axis, value.shape)[0];
    const shape = value.shape.filter((_, index) => index !== along);
    const lengths = Array(value.shape[along]).fill(1);
    return cut(runtime, value, along, lengths, () => shape);
  });
  const split = upstreamKernel("SplitV");
  register<"x", { numOrSizeSplits: number | number[]; axis: number }>(
    "SplitV",
    ({ x }, attributes) => {
      if (!isMovable(x)) return split({ x }, attributes);
      const axis = tf.util.parseAxisParam(attributes.axis, x.shape)[0];
      const lengths = tf.backend_util.prepareSplitSize(
        x as tf.Tensor,
        attributes.numOrSizeSplits,
        axis,
      );
      return cut(runtime, x, axis, lengths, (length) => x.shape.with(axis, length));
    },
  );
  const pack = upstreamKernel("Pack");
  register<string, { axis: number }>("Pack", (inputs, { axis }) => {
    const list = Object.values(inputs);
    if (!list.every(isMovable)) return pack(inputs, { axis });
    const shape = list[0].shape.toSpliced(axis, 0, list.length);
    return join(runtime, list, axis, list.map(() => 1), shape);
  });
  const concat = upstreamKernel("Concat");
  register<string, { axis: number }>("Concat", (inputs, attributes) => {
    const list = Object.values(inputs);
    const axis = tf.util.parseAxisParam(attributes.axis, list[0].shape)[0];
    if (!list.every((part) => isMovable(part) && part.dtype === list[0].dtype)) {
      return concat(inputs, attributes);
    }
    const shape = tf.backend_util.computeOutShape(list.map((part) => part.shape), axis);
    return join(runtime, list, axis, list.map((part) => part.shape[axis]), shape);
  });
}

function isMovable({ dtype }: TensorInfo): boolean {
  return dtype === "float32" || dtype === "int32";
}

/** Cuts a tensor along an axis into parts of the given lengths. */
function cut(
  runtime: Runtime,
  x: TensorInfo,
  axis: number,
  lengths: readonly number[],
  shapeOf: (length: number) => number[],
): TensorInfo[] {
  const outer = size(x.shape.slice(0, axis));
  const inner = size(x.shape.slice(axis + 1));
  const row = x.shape[axis] * inner;
  let start = 0;
  return lengths.map((length) => {
    const part = runtime.output(shapeOf(length), x.dtype);
    const columns = length * inner;
    const from = runtime.pointer(x) + 4 * start * inner;
    runtime.functions.copyRows(from, row, runtime.pointer(part), columns, outer, columns);
    start += length;
    return part;
  });
}

/** Joins tensors along an axis, on which each has its length. */
function join(
  runtime: Runtime,
  list: readonly TensorInfo[],
  axis: number,
  lengths: readonly number[],
  shape: number[],
): TensorInfo {
  const y = runtime.output(shape, list[0].dtype);
  const outer = size(shape.slice(0, axis));
  const inner = size(shape.slice(axis + 1));
  const row = shape[axis] * inner;
  let to = runtime.pointer(y);
  list.forEach((part, index) => {
    const columns = lengths[index] * inner;
    if (columns > 0) {
      runtime.functions.copyRows(runtime.pointer(part), columns, to, row, outer, columns);
    }
    to += 4 * columns;
  });
  return y;
}

/** An axis of a transpose: its length, and its strides in source and result. */
interface Axis {
  length: number;
  from: number;
  to: number;
}

function permute(runtime: Runtime, x: TensorInfo, order: readonly number[]): TensorInfo {
  const y = runtime.output(order.map((axis) => x.shape[axis]), x.dtype);
  const axes = foldAxes(x.shape, order);
  const last = axes[axes.length - 1];
  const contiguous = axes.findIndex(({ from }) => from === 1);
  const rows = last.from === 1 ? { length: 1, from: 0, to: 0 } : axes[contiguous];
  const outer = axes.filter((axis) => axis !== last && axis !== rows);
  if (outer.length + 2 > MOST_AXES) throw new RangeError("transpose: too many axes.");
  const list = [...outer, rows, last];
  const table = runtime.integers(list.flatMap(({ length, from, to }) => [length, from, to]));
  const items = outer.reduce((product, { length }) => product * length, 1);
  const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
  const plan = runtime.plan({ items, work: size(x.shape) * WORK_PER_VALUE });
  runtime.run("permute", plan, (part) => [from, to, table, list.length, part.begin(), part.end()]);
  return y;
}

/** The axes of the result without those of length 1, neighbours that stay together as one. */
function foldAxes(shape: readonly number[], order: readonly number[]): Axis[] {
  const strides = shape.map((_, axis) => size(shape.slice(axis + 1)));
  const axes: Axis[] = [];
  for (const axis of order) {
    const length = shape[axis];
    if (length === 1) continue;
    const last = axes[axes.length - 1];
    if (last && last.from === length * strides[axis]) {
      last.length *= length;
      last.from = strides[axis];
    } else axes.push({ length, from: strides[axis], to: 0 });
  }
  if (axes.length === 0) axes.push({ length: 1, from: 1, to: 1 });
  let stride = 1;
  for (const axis of axes.toReversed()) {
    axis.to = stride;
    stride *= axis.length;
  }
  return axes;
}
