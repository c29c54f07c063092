import * as tf from "@tensorflow/tfjs";
import { register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { geometryFields } from "./_geometry.ts";

interface PoolingAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Bytes that the pooling functions of the assembly need for a window. */
const POOL_SCRATCH = 64;
/** Multiplications that take as long as pooling one value. */
const WORK_PER_VALUE = 4;

/** MaxPool and its gradient, and the gradient of AvgPool. */
export function registerPooling(runtime: Runtime): void {
  register<"x", PoolingAttributes>("MaxPool", ({ x }, attributes) => {
    requireFloat32("maxPool", x);
    const sizes = poolingSizes(x.shape, attributes);
    const y = runtime.output(sizes.outShape);
    if (size(y.shape) === 0) return y;
    const geometry = runtime.integers(geometryFields(sizes));
    const pointers = [runtime.pointer(x), runtime.pointer(y), geometry];
    runPooling(runtime, "maxPool", sizes, x.shape, pointers);
    return y;
  });
  register<"dy" | "input" | "output", PoolingAttributes>("MaxPoolGrad", (inputs, attributes) => {
    const { dy, input, output } = inputs;
    requireFloat32("the gradient of maxPool", dy, input, output);
    const sizes = poolingSizes(input.shape, attributes);
    const dx = runtime.output(input.shape);
    const geometry = runtime.integers(geometryFields(sizes));
    const pointers = [input, output, dy, dx].map((tensor) => runtime.pointer(tensor));
    runPooling(runtime, "maxPoolGradient", sizes, input.shape, [...pointers, geometry]);
    return dx;
  });
  register<"dy" | "input", PoolingAttributes>("AvgPoolGrad", ({ dy, input }, attributes) => {
    requireFloat32("the gradient of avgPool", dy, input);
    const sizes = poolingSizes(input.shape, attributes);
    const dx = runtime.output(input.shape);
    const geometry = runtime.integers(geometryFields(sizes));
    const pointers = [runtime.pointer(dy), runtime.pointer(dx), geometry];
    runPooling(runtime, "averagePoolGradient", sizes, input.shape, pointers);
    return dx;
  });
}

/** Runs a pooling function on all images; `pointers` are its arguments up to the geometry. */
function runPooling(
  runtime: Runtime,
  name: "maxPool" | "maxPoolGradient" | "averagePoolGradient",
  sizes: ReturnType<typeof poolingSizes>,
  shape: readonly number[],
  pointers: readonly number[],
): void {
  const scratch = runtime.threadScratch(POOL_SCRATCH);
  const work = size(shape) * WORK_PER_VALUE;
  const plan = runtime.plan({ items: sizes.batchSize, work });
  runtime.run(name, plan, (part) => [
    ...pointers,
    part.begin(),
    part.end(),
    part.own(scratch.pointer, scratch.bytes),
  ]);
}

function poolingSizes(shape: readonly number[], attributes: PoolingAttributes) {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attributes.filterSize,
    attributes.strides,
    1,
    attributes.pad,
    attributes.dimRoundingMode,
  );
}
