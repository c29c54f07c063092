import { readFile } from "node:fs/promises";
import { withSharedMemory } from "./_shared_memory.ts";

type Pointer = number;

/** What `assembly/index.ts` exports. */
export interface KernelFunctions {
  gemm(
    a: Pointer,
    aStride: number,
    transposeA: number,
    b: Pointer,
    bStride: number,
    transposeB: number,
    c: Pointer,
    cStride: number,
    rowBegin: number,
    rowEnd: number,
    columnBegin: number,
    columnEnd: number,
    depth: number,
    accumulate: number,
    scratch: Pointer,
  ): void;
  gemmScratch(columns: number): number;
  fourier(
    from: Pointer,
    to: Pointer,
    roots: Pointer,
    length: number,
    begin: number,
    end: number,
  ): void;
  everySecond(
    from: Pointer,
    to: Pointer,
    count: number,
  ): void;
  interleave(
    real: Pointer,
    imaginary: Pointer,
    to: Pointer,
    count: number,
  ): void;
  magnitudes(
    from: Pointer,
    to: Pointer,
    count: number,
  ): void;
  gemmStack(
    a: Pointer,
    aStride: number,
    transposeA: number,
    aStep: number,
    b: Pointer,
    bStride: number,
    transposeB: number,
    bStep: number,
    c: Pointer,
    rows: number,
    columns: number,
    depth: number,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  softmax(
    x: Pointer,
    begin: number,
    end: number,
    columns: number,
    settings: Pointer,
    steps: number,
    to: Pointer,
  ): void;
  softmaxGradient(
    y: Pointer,
    dy: Pointer,
    begin: number,
    end: number,
    columns: number,
    settings: Pointer,
    dx: Pointer,
  ): void;
  crossEntropy(
    x: Pointer,
    labels: Pointer,
    begin: number,
    end: number,
    columns: number,
    losses: Pointer,
    shares: Pointer,
  ): void;
  crossEntropyGradient(
    shares: Pointer,
    labels: Pointer,
    dy: Pointer,
    begin: number,
    end: number,
    columns: number,
    dx: Pointer,
  ): void;
  layerNorm(
    x: Pointer,
    scale: Pointer,
    offset: Pointer,
    begin: number,
    end: number,
    columns: number,
    settings: Pointer,
    y: Pointer,
    normal: Pointer,
    factors: Pointer,
  ): void;
  layerNormGradient(
    dy: Pointer,
    scale: Pointer,
    normal: Pointer,
    factors: Pointer,
    begin: number,
    end: number,
    columns: number,
    dx: Pointer,
    products: Pointer,
  ): void;
  panelColumns(columns: number): number;
  packPanels(
    from: Pointer,
    stride: number,
    depth: number,
    columns: number,
    panels: Pointer,
  ): void;
  packPanelsTransposed(
    from: Pointer,
    stride: number,
    depth: number,
    columns: number,
    panels: Pointer,
    panelDepth: number,
    panelStep: number,
  ): void;
  convolve(
    x: Pointer,
    panels: Pointer,
    y: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  convolveScratch(geometry: Pointer): number;
  packFlippedFilter(filter: Pointer, geometry: Pointer, panels: Pointer): void;
  scatterPatches(
    dy: Pointer,
    panels: Pointer,
    dx: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  scatterPatchesScratch(geometry: Pointer): number;
  filterGradient(
    x: Pointer,
    dy: Pointer,
    df: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  filterGradientScratch(geometry: Pointer): number;
  maxPool(
    x: Pointer,
    y: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  maxPoolGradient(
    x: Pointer,
    y: Pointer,
    dy: Pointer,
    dx: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  averagePoolGradient(
    dy: Pointer,
    dx: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  sumRows(
    from: Pointer,
    begin: number,
    end: number,
    columns: number,
    to: Pointer,
    scratch: Pointer,
  ): void;
  sumColumns(from: Pointer, begin: number, end: number, columns: number, to: Pointer): void;
  sumRowsScratch(columns: number): number;
  copyValues(to: Pointer, from: Pointer, count: number): void;
  addInto(to: Pointer, from: Pointer, count: number): void;
  scale(values: Pointer, count: number, factor: number): void;
  sumSegments(
    from: Pointer,
    ids: Pointer,
    count: number,
    columns: number,
    segments: number,
    to: Pointer,
  ): void;
  volumeInputGradient(
    dy: Pointer,
    filter: Pointer,
    dx: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
  ): void;
  volumeFilterGradient(
    x: Pointer,
    dy: Pointer,
    df: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
  ): void;
  copyRows(
    from: Pointer,
    fromRow: number,
    to: Pointer,
    toRow: number,
    rows: number,
    columns: number,
  ): void;
  permute(
    from: Pointer,
    to: Pointer,
    axes: Pointer,
    count: number,
    begin: number,
    end: number,
  ): void;
  lstmForward(
    gates: Pointer,
    recurrent: Pointer,
    hidden: Pointer,
    cells: Pointer,
    layer: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  lstmBackward(
    dy: Pointer,
    gates: Pointer,
    cells: Pointer,
    recurrent: Pointer,
    slopes: Pointer,
    layer: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  lstmScratch(batch: number, units: number): number;
  gatherSlices(
    from: Pointer,
    ids: Pointer,
    batches: number,
    outer: number,
    length: number,
    count: number,
    size: number,
    to: Pointer,
  ): number;
  scaleBytes(from: Pointer, to: Pointer, count: number, scale: number, offset: number): void;
  scaleIntegers(values: Pointer, count: number, scale: number, offset: number): void;
  scaleFloats(values: Pointer, count: number, scale: number, offset: number): void;
  depthwise(
    x: Pointer,
    filter: Pointer,
    y: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
  ): void;
  depthwiseInput(
    dy: Pointer,
    filter: Pointer,
    dx: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
  ): void;
  depthwiseFilter(
    x: Pointer,
    dy: Pointer,
    df: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
  ): void;
  flipDepthwiseFilter(filter: Pointer, cells: number, channels: number, to: Pointer): void;
  binary(
    operator: number,
    a: Pointer,
    aRow: number,
    aColumn: number,
    b: Pointer,
    bRow: number,
    bColumn: number,
    to: Pointer,
    count: number,
    columns: number,
  ): void;
  relu(x: Pointer, to: Pointer, count: number): void;
  reluGradient(x: Pointer, dy: Pointer, to: Pointer, count: number): void;
  addBias(
    values: Pointer,
    count: number,
    columns: number,
    bias: Pointer,
    activation: number,
  ): void;
  adam(
    value: Pointer,
    gradient: Pointer,
    m: Pointer,
    v: Pointer,
    newValue: Pointer,
    newM: Pointer,
    newV: Pointer,
    count: number,
    settings: Pointer,
  ): void;
  momentumStep(
    value: Pointer,
    gradient: Pointer,
    velocity: Pointer,
    newValue: Pointer,
    newVelocity: Pointer,
    count: number,
    settings: Pointer,
  ): void;
}

/** A compiled kernel module and whether it multiplies and adds in one instruction. */
export interface KernelModule {
  readonly module: WebAssembly.Module;
  readonly relaxed: boolean;
}

/**
 * Compiles the kernels: with relaxed SIMD where it is wanted and the engine has it, else without;
 * for a memory that threads share, or not.
 *
 * @throws {Error} When the engine has no WebAssembly SIMD at all.
 */
export async function compileKernels(
  { relaxed, shared }: { readonly relaxed: boolean; readonly shared: boolean },
): Promise<KernelModule> {
  const prepare = async (name: string) => {
    const bytes = await readBeside(name);
    return shared ? withSharedMemory(bytes) : bytes;
  };
  if (relaxed) {
    const bytes = await prepare("kernels_relaxed.wasm");
    if (WebAssembly.validate(bytes)) {
      return { module: await WebAssembly.compile(bytes), relaxed: true };
    }
  }
  const bytes = await prepare("kernels.wasm");
  if (!WebAssembly.validate(bytes)) {
    throw new Error("The training kernels need WebAssembly SIMD, which this engine does not have.");
  }
  return { module: await WebAssembly.compile(bytes), relaxed: false };
}

/** Binds the kernels to the memory that they work on. */
export function bindKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): KernelFunctions {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as KernelFunctions;
}

async function readBeside(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await readBytes(new URL(`./${name}`, import.meta.url));
}

/** The bytes behind a file or web address. */
export async function readBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") return new Uint8Array(await readFile(url));
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} cannot be read: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
