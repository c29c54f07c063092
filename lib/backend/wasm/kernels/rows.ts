import type { TensorInfo } from "@tensorflow/tfjs";
import type { Plan } from "../_part.ts";
import { callKernel, register, requireFloat32, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Multiplications that take as long as an exponential with what belongs to it. */
const WORK_PER_VALUE = 16;

/** Settings of the kernel PolytaskSoftmax. */
export interface SoftmaxAttributes {
  /** What the values are multiplied by first, above 0. */
  readonly scale: number;
  /** Rows of a square matrix that see only the columns up to their own number; 0: all see all. */
  readonly steps: number;
}

/**
 * Softmax over the last axis, PolytaskSoftmax with a scale and a causal mask, their gradient
 * PolytaskSoftmaxGradient; PolytaskCrossEntropy {logits, labels} to [losses, shares] and
 * PolytaskLayerNorm {x, scale, offset} to [y, normal, factors] with their gradients.
 */
export function registerRows(runtime: Runtime): void {
  registerSoftmax(runtime);
  registerCrossEntropy(runtime);
  registerLayerNorm(runtime);
}

function registerSoftmax(runtime: Runtime): void {
  const upstream = upstreamKernel("Softmax");
  register<"logits", { dim: number }>("Softmax", ({ logits }, attributes) => {
    const last = attributes.dim === logits.shape.length - 1;
    if (!last || logits.dtype !== "float32") return upstream({ logits }, attributes);
    return softmax(runtime, logits, { scale: 1, steps: 0 });
  });
  register<"x", SoftmaxAttributes>("PolytaskSoftmax", ({ x }, attributes) => {
    requireFloat32("softmax", x);
    return softmax(runtime, x, attributes);
  });
  register<"y" | "dy", { scale: number }>("PolytaskSoftmaxGradient", ({ y, dy }, { scale }) => {
    const dx = runtime.output(y.shape);
    const { columns, plan } = cutRows(runtime, y);
    const [result, slope, to] = [y, dy, dx].map((tensor) => runtime.pointer(tensor));
    const settings = runtime.floats([scale]);
    runtime.run("softmaxGradient", plan, (part) => [
      result,
      slope,
      part.begin(),
      part.end(),
      columns,
      settings,
      to,
    ]);
    return dx;
  });
}

function softmax(
  runtime: Runtime,
  x: TensorInfo,
  { scale, steps }: SoftmaxAttributes,
): TensorInfo {
  const y = runtime.output(x.shape);
  const { columns, plan } = cutRows(runtime, x);
  const [from, to] = [x, y].map((tensor) => runtime.pointer(tensor));
  const settings = runtime.floats([scale]);
  runtime.run("softmax", plan, (part) => [
    from,
    part.begin(),
    part.end(),
    columns,
    settings,
    steps,
    to,
  ]);
  return y;
}

function registerCrossEntropy(runtime: Runtime): void {
  register<"logits" | "labels", unknown>("PolytaskCrossEntropy", ({ logits, labels }) => {
    requireFloat32("crossEntropy", logits);
    const losses = runtime.output(labels.shape);
    const shares = runtime.output(logits.shape);
    const { columns, plan } = cutRows(runtime, logits);
    const [from, chosen, lossesTo, sharesTo] = [logits, labels, losses, shares].map((tensor) =>
      runtime.pointer(tensor)
    );
    runtime.run("crossEntropy", plan, (part) => [
      from,
      chosen,
      part.begin(),
      part.end(),
      columns,
      lossesTo,
      sharesTo,
    ]);
    return [losses, shares];
  });
  register<"shares" | "labels" | "dy", unknown>(
    "PolytaskCrossEntropyGradient",
    ({ shares, labels, dy }) => {
      const dx = runtime.output(shares.shape);
      const { columns, plan } = cutRows(runtime, shares);
      const [from, chosen, slope, to] = [shares, labels, dy, dx].map((tensor) =>
        runtime.pointer(tensor)
      );
      runtime.run("crossEntropyGradient", plan, (part) => [
        from,
        chosen,
        slope,
        part.begin(),
        part.end(),
        columns,
        to,
      ]);
      return dx;
    },
  );
}

function registerLayerNorm(runtime: Runtime): void {
  register<"x" | "scale" | "offset", { epsilon: number }>(
    "PolytaskLayerNorm",
    ({ x, scale, offset }, { epsilon }) => {
      requireFloat32("layerNorm", x, scale, offset);
      const { rows, columns, plan } = cutRows(runtime, x);
      const y = runtime.output(x.shape);
      const normal = runtime.output(x.shape);
      const factors = runtime.output([rows]);
      const [from, scalePointer, offsetPointer, to, normalTo, factorsTo] = [
        x,
        scale,
        offset,
        y,
        normal,
        factors,
      ].map((tensor) => runtime.pointer(tensor));
      const settings = runtime.floats([epsilon]);
      runtime.run("layerNorm", plan, (part) => [
        from,
        scalePointer,
        offsetPointer,
        part.begin(),
        part.end(),
        columns,
        settings,
        to,
        normalTo,
        factorsTo,
      ]);
      return [y, normal, factors];
    },
  );
  register<"dy" | "scale" | "normal" | "factors", unknown>(
    "PolytaskLayerNormGradient",
    ({ dy, scale, normal, factors }) => {
      const { rows, columns, plan } = cutRows(runtime, normal);
      const dx = runtime.output(normal.shape);
      const products = runtime.output([rows, columns]);
      const [slope, scalePointer, from, factorsFrom, to, productsTo] = [
        dy,
        scale,
        normal,
        factors,
        dx,
        products,
      ].map((tensor) => runtime.pointer(tensor));
      runtime.run("layerNormGradient", plan, (part) => [
        slope,
        scalePointer,
        from,
        factorsFrom,
        part.begin(),
        part.end(),
        columns,
        to,
        productsTo,
      ]);
      const overRows = { axis: [0], keepDims: false };
      const dScale = callKernel("Sum", { x: products }, overRows);
      runtime.release(products);
      const flat = { dataId: dy.dataId, shape: [rows, columns], dtype: dy.dtype };
      return [dx, dScale, callKernel("Sum", { x: flat }, overRows)];
    },
  );
}

function cutRows(
  runtime: Runtime,
  x: TensorInfo,
): { rows: number; columns: number; plan: Plan } {
  const columns = x.shape[x.shape.length - 1];
  const rows = columns === 0 ? 0 : size(x.shape) / columns;
  const plan = runtime.plan({ items: rows, work: WORK_PER_VALUE * size(x.shape), multiple: 4 });
  return { rows, columns, plan };
}
