import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { register, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Add, Sub, Multiply and RealDiv with the common broadcasts; Relu and its gradient. */
export function registerElementwise(runtime: Runtime): void {
  ["Add", "Sub", "Multiply", "RealDiv"].forEach((name, operator) => {
    const upstream = upstreamKernel(name);
    register<"a" | "b", unknown>(name, ({ a, b }, attributes) => {
      return binary(runtime, operator, a, b) ?? upstream({ a, b }, attributes);
    });
  });
  const relu = upstreamKernel("Relu");
  register<"x", unknown>("Relu", ({ x }, attributes) => {
    if (x.dtype !== "float32") return relu({ x }, attributes);
    const y = runtime.output(x.shape);
    runtime.functions.relu(runtime.pointer(x), runtime.pointer(y), size(x.shape));
    return y;
  });
  register<"x" | "dy", unknown>("PolytaskReluGradient", ({ x, dy }) => {
    const dx = runtime.output(x.shape);
    runtime.functions.reluGradient(
      runtime.pointer(x),
      runtime.pointer(dy),
      runtime.pointer(dx),
      size(x.shape),
    );
    return dx;
  });
}

/** Some neighbouring axes taken as one, and which operand has values along them. */
interface AxisGroup {
  length: number;
  readonly a: boolean;
  readonly b: boolean;
}

/** a op b when the broadcast folds to rows and columns, else null. */
function binary(
  runtime: Runtime,
  operator: number,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo | null {
  if (a.dtype !== "float32" || b.dtype !== "float32") return null;
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  if (size(shape) === 0) return null;
  const groups = axisGroups(a.shape, b.shape, shape);
  if (groups.length > 2) return null;
  const [columns = { length: 1, a: true, b: true }, rows = { length: 1, a: false, b: false }] =
    groups;
  const y = runtime.output(shape);
  const rowStride = (here: boolean, along: boolean) => here ? (along ? columns.length : 1) : 0;
  runtime.functions.binary(
    operator,
    runtime.pointer(a),
    rowStride(rows.a, columns.a),
    Number(columns.a),
    runtime.pointer(b),
    rowStride(rows.b, columns.b),
    Number(columns.b),
    runtime.pointer(y),
    rows.length,
    columns.length,
  );
  return y;
}

/** The axes of `shape` in groups of equal broadcast, from the last axis to the first. */
function axisGroups(
  aShape: readonly number[],
  bShape: readonly number[],
  shape: readonly number[],
): AxisGroup[] {
  const groups: AxisGroup[] = [];
  for (let back = 1; back <= shape.length; back++) {
    const length = shape[shape.length - back];
    if (length === 1) continue;
    const a = (aShape[aShape.length - back] ?? 1) === length;
    const b = (bShape[bShape.length - back] ?? 1) === length;
    const last = groups[groups.length - 1];
    if (last && last.a === a && last.b === b) last.length *= length;
    else groups.push({ length, a, b });
  }
  return groups;
}
