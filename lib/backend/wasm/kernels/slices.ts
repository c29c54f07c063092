import * as tf from "@tensorflow/tfjs";
import { repairStridedSlice } from "../../repairs/strided_slice.ts";
import { register, size, upstreamKernel } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** GatherV2, wrong upstream with batches, and StridedSlice, which upstream makes float32. */
export function registerSlices(runtime: Runtime): void {
  const stridedSlice = upstreamKernel("StridedSlice");
  register<"x", unknown>("StridedSlice", ({ x }, attributes) => {
    const slice = stridedSlice({ x }, attributes);
    if (x.dtype !== "int32") return slice;
    runtime.backend.dataIdMap.get(slice.dataId).dtype = "int32";
    return { ...slice, dtype: "int32" };
  });
  repairStridedSlice("wasm");
  const gather = upstreamKernel("GatherV2");
  register<"x" | "indices", { axis: number; batchDims: number }>(
    "GatherV2",
    ({ x, indices }, attributes) => {
      if (x.dtype !== "float32" && x.dtype !== "int32") return gather({ x, indices }, attributes);
      const axis = tf.util.parseAxisParam(attributes.axis, x.shape)[0];
      const sizes = tf.backend_util.segment_util.collectGatherOpShapeInfo(
        x as Parameters<typeof tf.backend_util.segment_util.collectGatherOpShapeInfo>[0],
        indices as Parameters<typeof tf.backend_util.segment_util.collectGatherOpShapeInfo>[1],
        axis,
        attributes.batchDims,
      );
      const { batchSize, outerSize, dimSize, sliceSize, outputShape } = sizes;
      const y = runtime.output(outputShape, x.dtype);
      if (size(outputShape) === 0) return y;
      const wrong = runtime.functions.gatherSlices(
        runtime.pointer(x),
        runtime.pointer(indices),
        batchSize,
        outerSize,
        dimSize,
        size(indices.shape) / batchSize,
        sliceSize,
        runtime.pointer(y),
      );
      if (wrong >= 0) {
        const index = runtime.values(indices)[wrong];
        runtime.release(y);
        throw new RangeError(
          `gather: index ${index} is not in 0 to ${dimSize - 1}, axis ${axis} of [${x.shape}].`,
        );
      }
      return y;
    },
  );
}
