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

/** MaxPool and its gradient, and the gradient of AvgPool. */
export function registerPooling(runtime: Runtime): void {
  const { functions } = runtime;
  register<"x", PoolingAttributes>("MaxPool", ({ x }, attributes) => {
    requireFloat32("maxPool", x);
    const sizes = poolingSizes(x.shape, attributes);
    const y = runtime.output(sizes.outShape);
    if (size(y.shape) === 0) return y;
    const geometry = runtime.integers(geometryFields(sizes));
    const [scratch] = runtime.scratch(POOL_SCRATCH);
    const from = runtime.pointer(x);
    functions.maxPool(from, runtime.pointer(y), geometry, 0, sizes.batchSize, scratch);
    return y;
  });
  register<"dy" | "input" | "output", PoolingAttributes>("MaxPoolGrad", (inputs, attributes) => {
    const { dy, input, output } = inputs;
    requireFloat32("the gradient of maxPool", dy, input, output);
    const sizes = poolingSizes(input.shape, attributes);
    const dx = runtime.output(input.shape);
    const geometry = runtime.integers(geometryFields(sizes));
    const [scratch] = runtime.scratch(POOL_SCRATCH);
    functions.maxPoolGradient(
      runtime.pointer(input),
      runtime.pointer(output),
      runtime.pointer(dy),
      runtime.pointer(dx),
      geometry,
      0,
      sizes.batchSize,
      scratch,
    );
    return dx;
  });
  register<"dy" | "input", PoolingAttributes>("AvgPoolGrad", ({ dy, input }, attributes) => {
    requireFloat32("the gradient of avgPool", dy, input);
    const sizes = poolingSizes(input.shape, attributes);
    const dx = runtime.output(input.shape);
    const geometry = runtime.integers(geometryFields(sizes));
    const [scratch] = runtime.scratch(POOL_SCRATCH);
    const from = runtime.pointer(dy);
    functions.averagePoolGradient(from, runtime.pointer(dx), geometry, 0, sizes.batchSize, scratch);
    return dx;
  });
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
