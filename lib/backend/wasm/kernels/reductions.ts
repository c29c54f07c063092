import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { register, size, upstreamKernel } from "../register.ts";
import { align, type Runtime } from "../runtime.ts";

interface ReductionAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

/** Rows that the assembly adds up in one go. */
const ROW_BLOCK = 256;
/** Multiplications that take as long as adding one value from memory. */
const WORK_PER_VALUE = 4;

/** Sum and Mean over neighbouring axes: the first ones, the last ones or some in the middle. */
export function registerReductions(runtime: Runtime): void {
  const sum = upstreamKernel("Sum");
  register<"x", ReductionAttributes>("Sum", ({ x }, attributes) => {
    if (size(x.shape) === 0) return sumOfNothing(runtime, x, attributes);
    return sumOver(runtime, x, attributes) ?? sum({ x }, attributes);
  });
  const mean = upstreamKernel("Mean");
  register<"x", ReductionAttributes>("Mean", ({ x }, attributes) => {
    const y = size(x.shape) === 0 ? null : sumOver(runtime, x, attributes);
    if (!y) return mean({ x }, attributes);
    const factor = size(y.shape) / size(x.shape);
    runtime.functions.scale(runtime.pointer(y), size(y.shape), factor);
    return y;
  });
}

/** The sum over neighbouring axes; null where others are asked for. */
function sumOver(
  runtime: Runtime,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
): TensorInfo | null {
  if (x.dtype !== "float32") return null;
  const rank = x.shape.length;
  const axes = [...tf.util.parseAxisParam(axis, x.shape)].sort((a, b) => a - b);
  const shape = x.shape.flatMap((length, index) =>
    axes.includes(index) ? (keepDims ? [1] : []) : [length]
  );
  if (axes.every((value, index) => value === rank - axes.length + index)) {
    return sumTrailing(runtime, x, axes.length, shape);
  }
  if (axes.every((value, index) => value === index)) {
    return sumLeading(runtime, x, axes.length, shape);
  }
  if (axes.every((value, index) => value === axes[0] + index)) {
    return sumMiddle(runtime, x, axes[0], axes.length, shape);
  }
  return null;
}

function sumMiddle(
  runtime: Runtime,
  x: TensorInfo,
  first: number,
  count: number,
  shape: readonly number[],
): TensorInfo {
  const y = runtime.output(shape);
  const matrices = size(x.shape.slice(0, first));
  const rows = size(x.shape.slice(first, first + count));
  const columns = size(x.shape.slice(first + count));
  const scratch = runtime.threadScratch(runtime.functions.sumRowsScratch(columns));
  const plan = runtime.plan({ items: matrices, work: size(x.shape) * WORK_PER_VALUE });
  const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
  runtime.run("sumMiddle", plan, (part) => [
    from,
    part.begin(),
    part.end(),
    rows,
    columns,
    to,
    part.own(scratch.pointer, scratch.bytes),
  ]);
  return y;
}

function sumTrailing(
  runtime: Runtime,
  x: TensorInfo,
  axes: number,
  shape: readonly number[],
): TensorInfo {
  const y = runtime.output(shape);
  const rows = size(x.shape.slice(0, x.shape.length - axes));
  const columns = size(x.shape.slice(x.shape.length - axes));
  const plan = runtime.plan({ items: rows, work: rows * columns * WORK_PER_VALUE, multiple: 16 });
  const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
  runtime.run("sumColumns", plan, (part) => [from, part.begin(), part.end(), columns, to]);
  return y;
}

/** Upstream leaves the result unset when there is nothing to add. */
function sumOfNothing(
  runtime: Runtime,
  x: TensorInfo,
  { axis, keepDims }: ReductionAttributes,
): TensorInfo {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const shape = x.shape.flatMap((length, index) =>
    axes.includes(index) ? (keepDims ? [1] : []) : [length]
  );
  const y = runtime.output(shape, x.dtype === "bool" ? "int32" : x.dtype);
  runtime.values(y).fill(0);
  return y;
}

function sumLeading(
  runtime: Runtime,
  x: TensorInfo,
  axes: number,
  shape: readonly number[],
): TensorInfo {
  const y = runtime.output(shape);
  const rows = size(x.shape.slice(0, axes));
  const columns = size(x.shape.slice(axes));
  const each = align(runtime.functions.sumRowsScratch(columns));
  const plan = runtime.plan({
    items: rows,
    work: rows * columns * WORK_PER_VALUE,
    multiple: ROW_BLOCK,
    most: 2 * runtime.threads,
  });
  const [scratch, sums] = runtime.scratch(
    each * runtime.threads,
    plan.chunks > 1 ? each * plan.chunks : 0,
  );
  const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
  runtime.run("sumRows", plan, (part) => [
    from,
    part.begin(),
    part.end(),
    columns,
    plan.chunks > 1 ? part.slot(sums, each) : to,
    part.own(scratch, each),
  ]);
  runtime.addSlots(to, columns, sums, each, plan);
  return y;
}
