/**
 * WebGPU: any graphics card, without CUDA.
 *
 * @module
 */

import { tmpdir } from "node:os";
import process from "node:process";
import * as tf from "@tensorflow/tfjs";
import { granted } from "../_environment.ts";
import type { StartedBackend, StartOptions } from "../report.ts";
import { repairKernels } from "./repairs.ts";

/** How to get this backend when it is missing. */
export const how =
  "It needs a graphics card with a Vulkan, Metal or DirectX 12 driver, and a runtime with WebGPU.";

/** Adapters that compute on the processor: right, but slower than the wasm backend. */
const software = /llvmpipe|lavapipe|swiftshader|softpipe|basic render|software/i;

/** Features that the TensorFlow.js backend uses where the adapter has them. */
const usedFeatures = ["timestamp-query", "bgra8unorm-storage"] as const;

/** Limits that the TensorFlow.js backend wants as high as the adapter allows. */
const raisedLimits = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/**
 * Makes WebGPU the current backend.
 *
 * @throws {Error} When there is no adapter, or only one in software and it was not asked for.
 */
export async function start({ forced }: StartOptions): Promise<StartedBackend> {
  const adapter = await requestAdapter();
  const name = adapterName(adapter);
  const imitated = software.test(name);
  if (imitated && !forced) {
    throw new Error(`The only adapter is ${name}: it computes on the processor, slower than wasm.`);
  }
  if (!tf.findBackend("webgpu")) await registerBackend(adapter);
  if (!await tf.setBackend("webgpu")) throw new Error(`The adapter ${name} did not start.`);
  return { device: name, threads: 0, software: imitated };
}

async function requestAdapter(): Promise<GPUAdapter> {
  if (!globalThis.navigator?.gpu) throw new Error("This runtime has no WebGPU.");
  const restore = quietDriver();
  try {
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) throw new Error("No graphics card with a usable driver was found.");
    return adapter;
  } finally {
    restore();
  }
}

/** Linux drivers complain on the console when this variable is not set: set it while they load. */
function quietDriver(): () => void {
  const name = "XDG_RUNTIME_DIR";
  const settable = process.platform === "linux" && granted({ name: "env", variable: name });
  if (!settable || process.env[name]) return () => {};
  process.env[name] = tmpdir();
  return () => delete process.env[name];
}

function adapterName({ info }: GPUAdapter): string {
  return info.description || [info.vendor, info.architecture, info.device].join(" ").trim();
}

/**
 * Registers the backend with a device of our own: the one that upstream asks for is refused by
 * Deno, which does not take a feature name in a nested list.
 */
async function registerBackend(adapter: GPUAdapter): Promise<void> {
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  tf.removeBackend("webgpu");
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: usedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(raisedLimits.map((limit) => [limit, limits[limit]])),
  });
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info), 0);
  repairKernels();
}
