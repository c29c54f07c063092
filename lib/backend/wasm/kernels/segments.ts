import { register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** UnsortedSegmentSum: the gradient of gather, and so of embeddings. */
export function registerSegments(runtime: Runtime): void {
  register<"x" | "segmentIds", { numSegments: number }>(
    "UnsortedSegmentSum",
    ({ x, segmentIds }, { numSegments }) => {
      requireFloat32("unsortedSegmentSum", x);
      const rows = size(segmentIds.shape);
      const rest = x.shape.slice(segmentIds.shape.length);
      const y = runtime.output([numSegments, ...rest]);
      runtime.functions.sumSegments(
        runtime.pointer(x),
        runtime.pointer(segmentIds),
        rows,
        size(rest),
        numSegments,
        runtime.pointer(y),
      );
      return y;
    },
  );
}
