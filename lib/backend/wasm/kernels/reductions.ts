import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { register, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

interface ReductionAttributes {
  readonly axis: number | number[];
  readonly keepDims: boolean;
}

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
  const [scratch] = runtime.scratch(runtime.functions.sumRowsScratch(columns));
  const from = runtime.pointer(x);
  runtime.functions.sumRows(from, 0, rows, columns, runtime.pointer(y), scratch);
  return y;
}
