import type { DataType } from "@tensorflow/tfjs";
import { register, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Cast without a copy where the type stays: tensors never change, so two may share their values. */
export function registerCast(runtime: Runtime): void {
  const upstream = upstreamKernel("Cast");
  register<"x", { dtype: DataType }>("Cast", ({ x }, { dtype }) => {
    return x.dtype === dtype ? runtime.alias(x, x.shape) : upstream({ x }, { dtype });
  });
}
