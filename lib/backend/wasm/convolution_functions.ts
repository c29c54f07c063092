/** Byte address in the memory that the kernels work on. */
export type Pointer = number;

/** The part of `assembly/index.ts` that convolves and pools, file by file. */
export interface ConvolutionFunctions {
  // convolution.ts
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

  // convolution_input.ts
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

  // convolution_filter.ts
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

  // winograd.ts
  winograd(
    x: Pointer,
    panels: Pointer,
    y: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  winogradScratch(geometry: Pointer): number;
  winogradFilter(
    filter: Pointer,
    geometry: Pointer,
    turned: number,
    panels: Pointer,
    scratch: Pointer,
  ): void;
  winogradFilterScratch(geometry: Pointer): number;
  winogradFilterGradient(
    x: Pointer,
    dy: Pointer,
    sums: Pointer,
    geometry: Pointer,
    begin: number,
    end: number,
    scratch: Pointer,
  ): void;
  winogradFilterSums(sums: Pointer, geometry: Pointer, df: Pointer, scratch: Pointer): void;

  // pooling.ts
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

  // depthwise.ts
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

  // volumes.ts
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
}
