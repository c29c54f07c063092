import { createRequire } from "node:module";
import { dirname } from "node:path";
import process from "node:process";
import * as tf from "@tensorflow/tfjs";
import { type Defect, reproduce } from "./_defect.ts";

const require = createRequire(new URL("../../.polytask/native/", import.meta.url));

const defects: Defect[] = [
  {
    name: "tfjs-node calls util.isNullOrUndefined, which Node 23 and Deno no longer have",
    backend: "tensorflow",
    workaround: "restoreRemovedHelper in lib/backend/native/mod.ts",
    actual: () => tf.topk(tf.tensor1d([1, 3, 2]), 1).values.data(),
    right: [3],
  },
  {
    name: "tfjs-node refuses a convolution with padding in numbers",
    backend: "tensorflow",
    workaround: "the note in tests/backend/cases/convolutions.ts",
    actual: () =>
      tf.conv2d(tf.ones<tf.Rank.R4>([1, 1, 1, 1]), tf.ones<tf.Rank.R4>([1, 1, 1, 1]), 1, [
        [0, 0],
        [0, 1],
        [0, 0],
        [0, 0],
      ])
        .data(),
    right: [1, 0],
  },
  {
    name:
      "TensorFlow gives a convolution without images the channels of the images (some processors)",
    backend: "tensorflow",
    workaround: "repairConvolutionOfNothing in lib/backend/native/repairs.ts",
    actual: () =>
      Promise.resolve(
        tf.conv2d(tf.ones<tf.Rank.R4>([0, 5, 5, 2]), tf.ones<tf.Rank.R4>([3, 3, 2, 4]), 1, "same")
          .shape,
      ),
    right: [0, 5, 5, 4],
  },
  {
    name: "tfjs-node does not list tfjs-core, which it loads",
    backend: "tensorflow",
    workaround: "addCore in tools/native/mod.ts",
    actual: () => {
      const { dependencies } = require("@tensorflow/tfjs-node/package.json");
      return Promise.resolve(["@tensorflow/tfjs-core" in dependencies ? 1 : 0]);
    },
    right: [1],
  },
];

/** Registers tfjs-node as it comes; false where it is not installed. */
function register(): boolean {
  let folder: string;
  try {
    folder = dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
  } catch {
    return false;
  }
  process.env.TF_CPP_MIN_LOG_LEVEL = "2";
  const binding = require(`${folder}/lib/napi-v8/tfjs_binding.node`);
  require(`${folder}/dist/register_all_kernels.js`);
  const { NodeJSKernelBackend } = require(`${folder}/dist/nodejs_kernel_backend.js`);
  return tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "tfjs-node"), 0);
}

if (register()) { for (const defect of defects) await reproduce(defect); }
else Deno.test({ name: "native: not installed, no defects to reproduce", ignore: true, fn() {} });
