import type { TensorInfo } from "@tensorflow/tfjs";
import { callKernel, register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { valuePlan } from "./elementwise.ts";

/** Settings of both kernels for each variable. */
interface StepAttributes {
  /** Tensors that the optimizer keeps for a variable: moments or velocities. */
  readonly slots: number;
  readonly learningRates: readonly number[];
  /** The learning rate times the decay, which is apart from the gradient as in AdamW. Default 0. */
  readonly weightDecays?: readonly number[];
}

/** Settings of the kernel PolytaskAdam. */
export interface AdamAttributes extends StepAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** For each variable 1 / (1 - beta2^t); the learning rates are divided by 1 - beta1^t. */
  readonly secondCorrections: readonly number[];
}

/** Settings of the kernel PolytaskMomentum. */
export interface MomentumAttributes extends StepAttributes {
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** Fields of a variable in the table, as `assembly/optimizers.ts` reads them. */
const FIELDS = 8;

/**
 * One step of an optimizer on all variables at once, in place: values and slots must share their
 * memory with no other tensor. Inputs are a list: value, gradient and slots of the first variable,
 * then of the next. PolytaskAdam takes the slots m and v, PolytaskMomentum the velocity or none. No
 * outputs.
 */
export function registerOptimizers(runtime: Runtime): void {
  register<string, AdamAttributes>("PolytaskAdam", (inputs, settings) => {
    const { beta1, beta2, epsilon, secondCorrections } = settings;
    const place = runtime.floats([beta1, beta2, 1 - beta1, 1 - beta2, epsilon]);
    return step(runtime, "adam", inputs, settings, place, secondCorrections);
  });
  register<string, MomentumAttributes>("PolytaskMomentum", (inputs, settings) => {
    const place = runtime.floats([settings.momentum, Number(settings.nesterov)]);
    return step(runtime, "momentumStep", inputs, settings, place);
  });
  register<"x", unknown>("PolytaskCopy", ({ x }) => {
    const copy = runtime.output(x.shape, x.dtype);
    runtime.functions.copyValues(runtime.pointer(copy), runtime.pointer(x), size(x.shape));
    return copy;
  });
  // Upstream keeps alpha by its identity, so it would not see that an optimizer changed it.
  register<"x" | "alpha", unknown>("Prelu", ({ x, alpha }) => {
    const above = callKernel("Relu", { x }, {});
    const turned = callKernel("Neg", { x }, {});
    const below = callKernel("Relu", { x: turned }, {});
    const scaled = callKernel("Multiply", { a: below, b: alpha }, {});
    const result = callKernel("Sub", { a: above, b: scaled }, {});
    for (const tensor of [above, turned, below, scaled]) runtime.release(tensor);
    return result;
  });
}

function step(
  runtime: Runtime,
  name: "adam" | "momentumStep",
  inputs: Readonly<Record<string, TensorInfo>>,
  { slots, learningRates, weightDecays }: StepAttributes,
  settings: number,
  secondCorrections: readonly number[] = [],
): TensorInfo[] {
  const tensors = Object.values(inputs);
  requireFloat32(name, ...tensors);
  const [table] = runtime.scratch(4 * FIELDS * learningRates.length);
  const integers = new Int32Array(runtime.memory.buffer, table, FIELDS * learningRates.length);
  const floats = new Float32Array(integers.buffer, table, integers.length);
  let total = 0;
  learningRates.forEach((learningRate, index) => {
    const own = tensors.slice(index * (2 + slots), (index + 1) * (2 + slots));
    const count = size(own[0].shape);
    const at = FIELDS * index;
    integers[at] = count;
    for (let field = 0; field < 4; field++) {
      integers[at + 1 + field] = field < own.length ? runtime.pointer(own[field]) : 0;
    }
    floats[at + 5] = learningRate;
    floats[at + 6] = secondCorrections[index] ?? 1;
    floats[at + 7] = 1 - (weightDecays?.[index] ?? 0);
    total += count;
  });
  runtime.run(name, valuePlan(runtime, total), (part) => [
    table,
    part.begin(),
    part.end(),
    settings,
  ]);
  return [];
}
