/**
 * Chooses and prepares the TensorFlow.js backend.
 *
 * @module
 */

export { biasRelu } from "./fused/bias_relu.ts";
export { causalSoftmax } from "./fused/causal_softmax.ts";
export { softmaxCrossEntropy } from "./fused/cross_entropy.ts";
export { gru } from "./fused/gru.ts";
export { layerNorm } from "./fused/layer_norm.ts";
export { lstm } from "./fused/lstm.ts";
export { stepInPlace, type VariableStep } from "./fused/optimizer_step.ts";
export { type BackendProbe, probeBackends } from "./probe.ts";
export {
  type BackendName,
  backendNames,
  type BackendOptions,
  type BackendReport,
  type BackendTrial,
} from "./report.ts";
export { backendReport, useBackend } from "./use_backend.ts";
