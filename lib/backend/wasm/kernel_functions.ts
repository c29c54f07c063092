import type { ConvolutionFunctions, Pointer } from "./convolution_functions.ts";

/** What `assembly/index.ts` exports, file by file. */
export interface KernelFunctions extends ConvolutionFunctions {
  // gemm.ts
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

  // panels.ts
  panelColumns(columns: number): number;
  packPanels(from: Pointer, stride: number, depth: number, columns: number, panels: Pointer): void;
  packPanelsTransposed(
    from: Pointer,
    stride: number,
    depth: number,
    columns: number,
    panels: Pointer,
    panelDepth: number,
    panelStep: number,
  ): void;

  // reductions.ts
  sumRows(
    from: Pointer,
    begin: number,
    end: number,
    columns: number,
    to: Pointer,
    scratch: Pointer,
  ): void;
  sumMiddle(
    from: Pointer,
    begin: number,
    end: number,
    rows: number,
    columns: number,
    to: Pointer,
    scratch: Pointer,
  ): void;
  sumColumns(from: Pointer, begin: number, end: number, columns: number, to: Pointer): void;
  sumRowsScratch(columns: number): number;
  copyValues(to: Pointer, from: Pointer, count: number): void;
  addInto(to: Pointer, from: Pointer, count: number): void;
  scale(values: Pointer, count: number, factor: number): void;

  // scaling.ts
  scaleBytes(from: Pointer, to: Pointer, count: number, scale: number, offset: number): void;
  scaleIntegers(values: Pointer, count: number, scale: number, offset: number): void;
  scaleFloats(values: Pointer, count: number, scale: number, offset: number): void;

  // segments.ts
  sumSegments(
    from: Pointer,
    ids: Pointer,
    count: number,
    columns: number,
    segments: number,
    to: Pointer,
  ): void;
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

  // elementwise.ts
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
    to: Pointer,
    count: number,
    columns: number,
    bias: Pointer,
    activation: number,
  ): void;

  // optimizers.ts
  adam(variables: Pointer, begin: number, end: number, settings: Pointer): void;
  momentumStep(variables: Pointer, begin: number, end: number, settings: Pointer): void;

  // movement.ts
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

  // gru.ts
  gruForward(
    projected: Pointer,
    recurrent: Pointer,
    bias: Pointer,
    present: Pointer,
    hidden: Pointer,
    gates: Pointer,
    layer: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  gruBackward(
    dy: Pointer,
    hidden: Pointer,
    gates: Pointer,
    recurrent: Pointer,
    slopes: Pointer,
    cycledSlopes: Pointer,
    layer: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  gruScratch(batch: number, units: number): number;

  // lstm.ts
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
    hidden: Pointer,
    cells: Pointer,
    recurrent: Pointer,
    slopes: Pointer,
    layer: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  lstmScratch(batch: number, units: number): number;

  // softmax.ts, layer_norm.ts
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

  // fourier.ts
  fourier(
    from: Pointer,
    to: Pointer,
    roots: Pointer,
    length: number,
    begin: number,
    end: number,
  ): void;
  everySecond(from: Pointer, to: Pointer, count: number): void;
  interleave(real: Pointer, imaginary: Pointer, to: Pointer, count: number): void;
  magnitudes(from: Pointer, to: Pointer, count: number): void;
}
