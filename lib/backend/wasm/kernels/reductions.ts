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

/** Sum and Mean over leading axes, which is what a bias gradient is. */
export function registerReductions(runtime: Runtime): void {
  const sum = upstreamKernel("Sum");
  register<"x", ReductionAttributes>("Sum", ({ x }, attributes) => {
    if (size(x.shape) === 0) return sumOfNothing(runtime, x, attributes);
    const leading = leadingAxes(x, attributes.axis);
    if (leading === 0) return sum({ x }, attributes);
    return sumLeading(runtime, x, leading, attributes.keepDims);
  });
  const mean = upstreamKernel("Mean");
  register<"x", ReductionAttributes>("Mean", ({ x }, attributes) => {
    const leading = leadingAxes(x, attributes.axis);
    if (leading === 0) return mean({ x }, attributes);
    const y = sumLeading(runtime, x, leading, attributes.keepDims);
    const factor = 1 / size(x.shape.slice(0, leading));
    runtime.functions.scale(runtime.pointer(y), size(y.shape), factor);
    return y;
  });
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

/** How many axes are summed, when they are the first ones but not all; else 0. */
function leadingAxes(x: TensorInfo, axis: number | number[]): number {
  if (x.dtype !== "float32" || size(x.shape) === 0) return 0;
  const axes = [...tf.util.parseAxisParam(axis, x.shape)].sort((a, b) => a - b);
  const leading = axes.every((value, index) => value === index);
  return leading && axes.length < x.shape.length ? axes.length : 0;
}

function sumLeading(runtime: Runtime, x: TensorInfo, axes: number, keepDims: boolean): TensorInfo {
  const rest = x.shape.slice(axes);
  const y = runtime.output(keepDims ? [...Array(axes).fill(1), ...rest] : rest);
  const rows = size(x.shape.slice(0, axes));
  const columns = size(rest);
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
