import { register, requireFloat32, size } from "../register.ts";
import { valuePlan } from "./elementwise.ts";
import type { Runtime } from "../runtime.ts";

/** Settings of the kernel PolytaskAdam. */
export interface AdamAttributes {
  readonly beta1: number;
  readonly beta2: number;
  /** The learning rate divided by 1 - beta1^t. */
  readonly learningRate: number;
  /** 1 / (1 - beta2^t). */
  readonly secondCorrection: number;
  readonly epsilon: number;
  /** The learning rate times the decay: decoupled, as in AdamW. */
  readonly weightDecay: number;
}

/** Settings of the kernel PolytaskMomentum. */
export interface MomentumAttributes {
  readonly learningRate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
}

/**
 * One pass over a variable for each optimizer step. Both kernels return new tensors and write
 * nothing in place: PolytaskAdam [value, m, v], PolytaskMomentum [value, velocity].
 */
export function registerOptimizers(runtime: Runtime): void {
  register<"value" | "gradient" | "m" | "v", AdamAttributes>("PolytaskAdam", (inputs, settings) => {
    const { value, gradient, m, v } = inputs;
    requireFloat32("PolytaskAdam", value, gradient, m, v);
    const outputs = [0, 1, 2].map(() => runtime.output(value.shape));
    const pointers = [value, gradient, m, v, ...outputs].map((tensor) => runtime.pointer(tensor));
    const place = runtime.floats([
      settings.beta1,
      settings.beta2,
      1 - settings.beta1,
      1 - settings.beta2,
      settings.learningRate,
      settings.secondCorrection,
      settings.epsilon,
      1 - settings.weightDecay,
    ]);
    runtime.run("adam", valuePlan(runtime, size(value.shape)), (part) => [
      ...pointers.map((pointer) => part.at(pointer, 4)),
      part.length(),
      place,
    ]);
    return outputs;
  });
  register<"value" | "gradient" | "velocity", MomentumAttributes>(
    "PolytaskMomentum",
    ({ value, gradient, velocity }, settings) => {
      requireFloat32("PolytaskMomentum", value, gradient, velocity);
      const outputs = [0, 1].map(() => runtime.output(value.shape));
      const pointers = [value, gradient, velocity, ...outputs].map((tensor) =>
        runtime.pointer(tensor)
      );
      const place = runtime.floats([
        settings.learningRate,
        settings.momentum,
        1 - settings.weightDecay,
        Number(settings.nesterov),
      ]);
      runtime.run("momentumStep", valuePlan(runtime, size(value.shape)), (part) => [
        ...pointers.map((pointer) => part.at(pointer, 4)),
        part.length(),
        place,
      ]);
      return outputs;
    },
  );
}
