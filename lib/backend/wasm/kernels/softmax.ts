import type { TensorInfo } from "@tensorflow/tfjs";
import { register, requireFloat32, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { cutRows } from "./_rows.ts";

/** Settings of the kernel PolytaskSoftmax. */
export interface SoftmaxAttributes {
  /** What the values are multiplied by first, above 0. */
  readonly scale: number;
  /** Rows of a square matrix that see only the columns up to their own number; 0: all see all. */
  readonly steps: number;
}

/**
 * Softmax over the last axis, PolytaskSoftmax with a scale and a causal mask, and their gradient
 * PolytaskSoftmaxGradient.
 */
export function registerSoftmax(runtime: Runtime): void {
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

/** PolytaskCrossEntropy {logits, labels} to [losses, shares], and PolytaskCrossEntropyGradient. */
export function registerCrossEntropy(runtime: Runtime): void {
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
