/**
 * Native TensorFlow through tfjs-node, where it is installed.
 *
 * @module
 */

import { createRequire } from "node:module";
import util from "node:util";
import * as tf from "@tensorflow/tfjs";
import { granted } from "../_environment.ts";
import type { StartedBackend } from "../report.ts";

/** How to get this backend when it is missing. */
export const how =
  "Install the npm package @tensorflow/tfjs-node beside polytask, its install script allowed.";

const packageName = "@tensorflow/tfjs-node";

/** The parts of tfjs-node that are read here. */
interface NativePackage {
  readonly version?: Readonly<Record<string, string>>;
}

/**
 * Makes native TensorFlow the current backend.
 *
 * @throws {Error} When tfjs-node is not installed, may not be loaded or does not start.
 */
export async function start(): Promise<StartedBackend> {
  const require = createRequire(import.meta.url);
  const path = find(require);
  if (!granted({ name: "ffi" })) {
    throw new Error("tfjs-node is installed, but loading it needs the permission --allow-ffi.");
  }
  restoreRemovedHelper();
  const native = require(path) as NativePackage;
  if (!await tf.setBackend("tensorflow")) throw new Error("tfjs-node did not start.");
  await verify();
  return {
    device: "native TensorFlow",
    threads: 0,
    versions: native.version ? { "tfjs-node": native.version["tfjs-node"] } : {},
  };
}

function find(require: NodeJS.Require): string {
  try {
    return require.resolve(packageName);
  } catch {
    throw new Error("tfjs-node is not installed.");
  }
}

/** tfjs-node calls a helper that newer versions of node:util no longer have. */
function restoreRemovedHelper(): void {
  const helpers = util as { isNullOrUndefined?: (value: unknown) => boolean };
  helpers.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/** One small product: a binding built for another machine loads and then fails here. */
async function verify(): Promise<void> {
  const product = tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]));
  const [value] = await product.data();
  product.dispose();
  if (value !== 11) throw new Error(`tfjs-node is broken: 1*3 + 2*4 gave ${value}.`);
}
