import { register, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Settings of the kernel PolytaskRows. */
export interface RowsAttributes {
  readonly shape: readonly number[];
  /** Type of the numbers that `write` writes. */
  readonly raw: "uint8" | "int32" | "float32";
  /** A value is `raw * scale + offset`. */
  readonly scale: number;
  readonly offset: number;
  /** Writes every raw number of the tensor; makes no tensor itself. */
  write(place: Uint8Array | Int32Array | Float32Array): void;
}

/**
 * PolytaskRows: a new tensor whose numbers are written straight into its memory and scaled there.
 * int32 stays what it is without a scale; all else becomes float32.
 */
export function registerBatchRows(runtime: Runtime): void {
  const { functions, memory } = runtime;
  register<never, RowsAttributes>("PolytaskRows", (_inputs, attributes) => {
    const { shape, raw, scale, offset, write } = attributes;
    const same = scale === 1 && offset === 0;
    const count = size(shape);
    const y = runtime.output(shape, raw === "int32" && same ? "int32" : "float32");
    const pointer = runtime.pointer(y);
    if (raw === "uint8") {
      const [bytes] = runtime.scratch(count);
      write(new Uint8Array(memory.buffer, bytes, count));
      functions.scaleBytes(bytes, pointer, count, scale, offset);
    } else if (raw === "int32") {
      write(new Int32Array(memory.buffer, pointer, count));
      if (!same) functions.scaleIntegers(pointer, count, scale, offset);
    } else {
      write(new Float32Array(memory.buffer, pointer, count));
      if (!same) functions.scaleFloats(pointer, count, scale, offset);
    }
    return y;
  });
}
