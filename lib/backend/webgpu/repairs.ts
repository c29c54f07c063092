/** What the TensorFlow.js backend for WebGPU gets wrong, mended. */
import * as tf from "@tensorflow/tfjs";
import { repairStridedSlice } from "../repairs/strided_slice.ts";

/** The largest rank that upstream's kernel for padding computes; beyond it gives zeros. */
const MOST_AXES = 4;

/** Padding of tensors of rank 5 and more: axis by axis, all before and all after it taken as one. */
function repairPad(): void {
  const upstream = tf.getKernel("PadV2", "webgpu");
  if (!upstream) return;
  tf.unregisterKernel("PadV2", "webgpu");
  tf.registerKernel({
    ...upstream,
    kernelFunc: (call) => {
      const x = call.inputs.x as tf.TensorInfo;
      if (x.shape.length <= MOST_AXES) return upstream.kernelFunc(call);
      const { paddings, constantValue } = call.attrs as unknown as {
        paddings: readonly (readonly [number, number])[];
        constantValue: number;
      };
      const backend = call.backend as tf.KernelBackend;
      backend.incRef(x.dataId);
      let padded: tf.TensorInfo = { ...x, shape: [...x.shape] };
      for (const [axis, [before, after]] of paddings.entries()) {
        if (before === 0 && after === 0) continue;
        const product = (lengths: readonly number[]) => lengths.reduce((a, b) => a * b, 1);
        const shape = [...padded.shape];
        const flat = [product(shape.slice(0, axis)), shape[axis], product(shape.slice(axis + 1))];
        const next = upstream.kernelFunc({
          ...call,
          inputs: { x: { ...padded, shape: flat } },
          attrs: {
            paddings: [[0, 0], [before, after], [0, 0]],
            constantValue,
          } as unknown as tf.NamedAttrMap,
        }) as tf.TensorInfo;
        backend.disposeData(padded.dataId);
        shape[axis] += before + after;
        padded = { ...next, shape };
      }
      return padded;
    },
  });
}

/** Mends the kernels; for a backend that was just registered. */
export function repairKernels(): void {
  repairPad();
  repairStridedSlice("webgpu");
}
