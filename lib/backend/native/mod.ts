/**
 * Native TensorFlow through tfjs-node, where it is installed.
 *
 * @module
 */

import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { granted } from "../_environment.ts";
import { repairKernels } from "./repairs.ts";
import type { StartedBackend, StartOptions } from "../report.ts";

/** How to get this backend when it is missing. */
export const how =
  "It needs tfjs-node, which deno task native installs, and the permission --allow-ffi.";

/** The parts of tfjs-node's binding to TensorFlow that are read here. */
interface Binding {
  readonly TF_Version: string;
}

/** The part of tfjs-node that is the backend. */
interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: Binding, name: string) => tf.KernelBackend;
}

/**
 * Makes native TensorFlow the current backend.
 *
 * @throws {Error} When tfjs-node is not installed, may not be loaded or does not start.
 */
export async function start({ threads }: StartOptions): Promise<StartedBackend> {
  return await startFrom(new URL("../../../.polytask/native", import.meta.url), threads);
}

/**
 * The same from a folder that holds `node_modules/@tensorflow/tfjs-node`; where it does not, the
 * folders above are searched, as for every package.
 */
export async function startFrom(
  installed: string | URL,
  threads?: number,
): Promise<StartedBackend> {
  const require = createRequire(
    `${installed instanceof URL ? fileURLToPath(installed) : installed}/`,
  );
  const folder = find(require);
  const binding = join(folder, "lib/napi-v8/tfjs_binding.node");
  if (!granted({ name: "ffi", path: binding })) {
    throw new Error("tfjs-node is installed, but may not be loaded.");
  }
  if (!tf.findBackend("tensorflow")) register(require, folder, binding, threads);
  if (!await tf.setBackend("tensorflow")) throw new Error("tfjs-node did not start.");
  await verify();
  return { device: `TensorFlow ${started!.version}`, threads: started!.threads };
}

/** What was loaded; the number of threads cannot change afterwards. */
let started: { readonly version: string; readonly threads: number } | undefined;

function find(require: NodeJS.Require): string {
  try {
    return dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    throw new Error("tfjs-node is not installed.");
  }
}

/**
 * Loads the parts of tfjs-node. Its own main file would load some fifty packages more, only to find
 * the path of the binding.
 */
function register(
  require: NodeJS.Require,
  folder: string,
  path: string,
  threads?: number,
): void {
  restoreRemovedHelper();
  const settings = {
    TF_CPP_MIN_LOG_LEVEL: "2", // No lines about the processor on the console.
    ...(threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: String(threads) }),
  };
  withEnvironment(settings, () => {
    const binding: Binding = require(path);
    require(join(folder, "dist/register_all_kernels.js"));
    const { NodeJSKernelBackend }: BackendModule = require(
      join(folder, "dist/nodejs_kernel_backend.js"),
    );
    const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node");
    tf.registerBackend("tensorflow", () => backend, 0);
    repairKernels();
    started = { version: binding.TF_Version, threads: threads ?? availableParallelism() };
  });
}

/** tfjs-node calls a helper that newer versions of node:util no longer have. */
function restoreRemovedHelper(): void {
  const helpers = util as { isNullOrUndefined?: (value: unknown) => boolean };
  helpers.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/** Sets variables that are not set yet, where that is allowed, while `work` runs. */
function withEnvironment(variables: Record<string, string>, work: () => void): void {
  const set = Object.entries(variables).filter(([name]) =>
    granted({ name: "env", variable: name }) && process.env[name] === undefined
  );
  for (const [name, value] of set) process.env[name] = value;
  try {
    work();
  } finally {
    for (const [name] of set) delete process.env[name];
  }
}

/** A product and a gradient: a binding built for another machine loads and then fails here. */
async function verify(): Promise<void> {
  const [product, gradient] = tf.tidy(() => [
    tf.matMul([[1, 2]], [[3], [4]]),
    tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([3])),
  ]);
  const [value] = await product.data();
  const [slope] = await gradient.data();
  tf.dispose([product, gradient]);
  if (value !== 11 || slope !== 6) {
    throw new Error(
      `tfjs-node is broken: 1*3 + 2*4 gave ${value}, the slope of x*x at 3 gave ${slope}.`,
    );
  }
}
