import type { KernelFunc, TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";

type Inputs<Names extends string> = Readonly<Record<Names, TensorInfo>>;

/** A kernel as it is written here: inputs by name, attributes typed. */
export type Kernel<Names extends string, Attributes> = (
  inputs: Inputs<Names>,
  attributes: Attributes,
) => TensorInfo | TensorInfo[];

/** Calls a kernel that upstream registered before it was replaced. */
export type UpstreamKernel = <Names extends string>(
  inputs: Partial<Inputs<Names>>,
  attributes: unknown,
) => TensorInfo;

/** Registers `kernel` for the wasm backend in the place of upstream's. */
export function register<Names extends string, Attributes>(
  name: string,
  kernel: Kernel<Names, Attributes>,
): void {
  if (tf.getKernel(name, "wasm")) tf.unregisterKernel(name, "wasm");
  const kernelFunc: KernelFunc = ({ inputs, attrs }) =>
    kernel(inputs as unknown as Inputs<Names>, attrs as unknown as Attributes);
  tf.registerKernel({ kernelName: name, backendName: "wasm", kernelFunc });
}

/** The kernel registered under `name` now: for the cases that its replacement hands on to it. */
export function upstreamKernel(name: string): UpstreamKernel {
  const config = tf.getKernel(name, "wasm");
  if (!config) throw new Error(`The wasm backend has no kernel ${name}.`);
  return (inputs, attributes) =>
    config.kernelFunc({
      inputs: inputs as Record<string, TensorInfo>,
      backend: tf.backend(),
      attrs: attributes as Parameters<KernelFunc>[0]["attrs"],
    }) as TensorInfo;
}

/** Calls the kernel registered under `name` from inside another kernel. */
export function callKernel(
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attributes: unknown,
): TensorInfo {
  return upstreamKernel(name)(inputs, attributes);
}

/** Product of the sizes. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * @throws {Error} When a tensor is not float32.
 */
export function requireFloat32(kernel: string, ...tensors: readonly TensorInfo[]): void {
  for (const { dtype, shape } of tensors) {
    if (dtype !== "float32") {
      throw new Error(
        `${kernel} needs float32 on the wasm backend, but a tensor [${shape}] is ${dtype}: cast it.`,
      );
    }
  }
}
