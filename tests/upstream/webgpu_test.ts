import * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { type Defect, reproduce } from "./_defect.ts";

// The backend as it comes, on any adapter; without one there is nothing to try.
const adapter = await navigator.gpu?.requestAdapter().catch(() => null);

const defects: Defect[] = [
  {
    name: "padding of five axes gives zeros",
    backend: "webgpu",
    workaround: "PadV2 in lib/backend/webgpu/repairs.ts",
    actual: () => tf.pad(tf.ones([1, 1, 1, 1, 1]), [[0, 0], [0, 0], [0, 0], [0, 0], [0, 1]]).data(),
    right: [1, 0],
  },
  {
    name: "a strided slice that drops an axis takes numbers of other axes",
    backend: "webgpu",
    workaround: "lib/backend/repairs/strided_slice.ts",
    actual: () =>
      tf.stridedSlice(tf.range(0, 12).reshape([4, 3]), [0, 1], [4, 2], [2, 1], 0, 0, 0, 0, 2)
        .data(),
    right: [1, 7],
  },
  {
    name: "a product of stacks throws when both sides broadcast",
    backend: "webgpu",
    workaround: "the note in tests/backend/cases/products.ts",
    actual: () =>
      tf.matMul(tf.tensor([1, 2], [2, 1, 1, 1]), tf.tensor([1, 10, 100], [1, 3, 1, 1])).data(),
    right: [1, 10, 100, 2, 20, 200],
  },
];

if (adapter) {
  const factory = tf.findBackendFactory("webgpu");
  await reproduce({
    name: "the backend for WebGPU asks for features in a nested list, which Deno refuses",
    backend: "cpu",
    workaround: "registerBackend in lib/backend/webgpu/mod.ts",
    actual: async () => [await factory() ? 1 : 0],
    right: [1],
  });
  tf.removeBackend("webgpu");
  const device = await adapter.requestDevice();
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info), 0);
  for (const defect of defects) await reproduce(defect);
} else {
  Deno.test({ name: "webgpu: no adapter to reproduce defects on", ignore: true, fn() {} });
}
