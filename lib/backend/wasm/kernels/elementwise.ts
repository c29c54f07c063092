import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import type { Plan } from "../_part.ts";
import { callKernel, register, requireFloat32, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Multiplications that take as long as bringing one value from memory and back. */
const WORK_PER_VALUE = 4;

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
    const [from, to] = [runtime.pointer(x), runtime.pointer(y)];
    runtime.run("relu", valuePlan(runtime, size(x.shape)), (part) => [
      part.at(from, 4),
      part.at(to, 4),
      part.length(),
    ]);
    return y;
  });
  register<"x" | "dy", unknown>("PolytaskReluGradient", ({ x, dy }) => {
    const dx = runtime.output(x.shape);
    const [from, gradient, to] = [x, dy, dx].map((tensor) => runtime.pointer(tensor));
    runtime.run("reluGradient", valuePlan(runtime, size(x.shape)), (part) => [
      part.at(from, 4),
      part.at(gradient, 4),
      part.at(to, 4),
      part.length(),
    ]);
    return dx;
  });
  registerBiasRelu(runtime);
}

/**
 * PolytaskBiasRelu: {x, bias} to max(x + bias, 0), the bias along the last axis; and
 * PolytaskBiasReluGradient: {dy, y} to the gradients of [x, bias].
 */
function registerBiasRelu(runtime: Runtime): void {
  register<"x" | "bias", unknown>("PolytaskBiasRelu", ({ x, bias }) => {
    requireFloat32("bias and relu", x, bias);
    const y = runtime.output(x.shape);
    const columns = size(bias.shape);
    const rows = size(x.shape) / columns;
    const plan = runtime.plan({ items: rows, work: size(x.shape) * WORK_PER_VALUE });
    const [from, shift, to] = [x, bias, y].map((tensor) => runtime.pointer(tensor));
    runtime.run("addBias", plan, (part) => [
      part.at(from, 4 * columns),
      part.at(to, 4 * columns),
      part.length(),
      columns,
      shift,
      1,
    ]);
    return y;
  });
  register<"dy" | "y", unknown>("PolytaskBiasReluGradient", ({ dy, y }) => {
    const dx = callKernel("PolytaskReluGradient", { x: y, dy }, {});
    const axis = y.shape.slice(1).map((_, index) => index);
    return [dx, callKernel("Sum", { x: dx }, { axis, keepDims: false })];
  });
}

/** How to cut `count` values, of which a cache line holds sixteen. */
export function valuePlan(runtime: Runtime, count: number): Plan {
  return runtime.plan({ items: count, work: count * WORK_PER_VALUE, multiple: 16 });
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
  const [aRow, bRow] = [rowStride(rows.a, columns.a), rowStride(rows.b, columns.b)];
  const [left, right, to] = [a, b, y].map((tensor) => runtime.pointer(tensor));
  if (rows.length > 1) {
    const work = size(shape) * WORK_PER_VALUE;
    const plan = runtime.plan({ items: rows.length, work });
    runtime.run("binary", plan, (part) => [
      operator,
      part.at(left, 4 * aRow),
      aRow,
      Number(columns.a),
      part.at(right, 4 * bRow),
      bRow,
      Number(columns.b),
      part.at(to, 4 * columns.length),
      part.length(),
      columns.length,
    ]);
    return y;
  }
  runtime.run("binary", valuePlan(runtime, columns.length), (part) => [
    operator,
    part.at(left, columns.a ? 4 : 0),
    0,
    Number(columns.a),
    part.at(right, columns.b ? 4 : 0),
    0,
    Number(columns.b),
    part.at(to, 4),
    1,
    part.length(),
  ]);
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
