import type { TensorInfo } from "@tensorflow/tfjs";
import { register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/**
 * Complex numbers, which upstream lacks: Complex, Real, Imag, ComplexAbs, FFT and IFFT, and reading
 * them. Real and imaginary part of a number lie side by side.
 */
export function registerFourier(runtime: Runtime): void {
  readComplex(runtime);
  const { functions } = runtime;
  register<"real" | "imag", unknown>("Complex", ({ real, imag }) => {
    requireFloat32("complex", real, imag);
    const y = runtime.output(real.shape, "complex64");
    const [from, other, to] = [real, imag, y].map((tensor) => runtime.pointer(tensor));
    functions.interleave(from, other, to, size(real.shape));
    return y;
  });
  ["Real", "Imag"].forEach((name, part) => {
    register<"input", unknown>(name, ({ input }) => {
      const y = runtime.output(input.shape);
      const [from, to] = [input, y].map((tensor) => runtime.pointer(tensor));
      functions.everySecond(from + 4 * part, to, size(input.shape));
      return y;
    });
  });
  register<"x", unknown>("ComplexAbs", ({ x }) => {
    const y = runtime.output(x.shape);
    const [from, to] = [x, y].map((tensor) => runtime.pointer(tensor));
    functions.magnitudes(from, to, size(x.shape));
    return y;
  });
  register<"input", unknown>("FFT", ({ input }) => transform(runtime, input, -1));
  register<"input", unknown>("IFFT", ({ input }) => {
    const y = transform(runtime, input, 1);
    const count = size(input.shape);
    const length = input.shape[input.shape.length - 1];
    if (count > 0) functions.scale(runtime.pointer(y), 2 * count, 1 / length);
    return y;
  });
}

/** The transform of the last axis; `sign` is that of the exponent. */
function transform(runtime: Runtime, input: TensorInfo, sign: 1 | -1): TensorInfo {
  const y = runtime.output(input.shape, "complex64");
  const count = size(input.shape);
  if (count === 0) return y;
  const length = input.shape[input.shape.length - 1];
  const [roots] = runtime.scratch(8 * length);
  const values = new Float32Array(runtime.memory.buffer, roots, 2 * length);
  for (let power = 0; power < length; power++) {
    const angle = sign * 2 * Math.PI * power / length;
    values[2 * power] = Math.cos(angle);
    values[2 * power + 1] = Math.sin(angle);
  }
  const rows = count / length;
  const plan = runtime.plan({ items: rows, work: 8 * count * Math.ceil(Math.log2(length + 1)) });
  const [from, to] = [input, y].map((tensor) => runtime.pointer(tensor));
  runtime.run("fourier", plan, (part) => [from, to, roots, length, part.begin(), part.end()]);
  return y;
}

/** Upstream cannot read complex numbers from its memory. */
function readComplex({ backend }: Runtime): void {
  const upstream = backend.readSync;
  backend.readSync = (id, start, end) => {
    const { dtype, shape, memoryOffset } = backend.dataIdMap.get(id);
    if (dtype !== "complex64") return upstream.call(backend, id, start, end);
    const [first, last] = [start ?? 0, end ?? size(shape)];
    const bytes = backend.wasm.HEAPU8.slice(memoryOffset + 8 * first, memoryOffset + 8 * last);
    return new Float32Array(bytes.buffer);
  };
}
