// The functions that the backend calls. All pointers are byte addresses in its memory.
export { gemm, gemmScratch, gemmStack } from "./gemm";
export { packPanels, packPanelsTransposed, panelColumns } from "./panels";
export { convolve, convolveScratch, packFlippedFilter } from "./convolution";
export { scatterPatches, scatterPatchesScratch } from "./convolution_input";
export { filterGradient, filterGradientScratch } from "./convolution_filter";
export {
  winograd,
  winogradFilter,
  winogradFilterGradient,
  winogradFilterScratch,
  winogradFilterSums,
  winogradScratch,
} from "./winograd";
export { averagePoolGradient, maxPool, maxPoolGradient } from "./pooling";
export { addInto, copyValues, scale, sumColumns, sumMiddle, sumRows, sumRowsScratch } from "./reductions";
export { scaleBytes, scaleFloats, scaleIntegers } from "./scaling";
export { gatherSlices, sumSegments } from "./segments";
export { depthwise, depthwiseFilter, depthwiseInput, flipDepthwiseFilter } from "./depthwise";
export { addBias, binary, relu, reluGradient } from "./elementwise";
export { adam, momentumStep } from "./optimizers";
export { volumeFilterGradient, volumeInputGradient } from "./volumes";
export { copyRows, permute } from "./movement";
export { gruBackward, gruForward, gruScratch } from "./gru";
export { lstmBackward, lstmForward, lstmScratch } from "./lstm";
export { crossEntropy, crossEntropyGradient, softmax, softmaxGradient } from "./softmax";
export { layerNorm, layerNormGradient } from "./layer_norm";
export { everySecond, fourier, interleave, magnitudes } from "./fourier";
