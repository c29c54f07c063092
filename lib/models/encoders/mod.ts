/**
 * Encoders: recipes for trunks that turn an input into features.
 * @module
 */
export { type Encoder, encoder, type Stage } from "./encoder.ts";
export { mlp, type MlpOptions } from "./mlp.ts";
export { leNet, type LeNetOptions } from "./le_net.ts";
export { smallCnn, type SmallCnnOptions } from "./small_cnn.ts";
export { audioCnn, type AudioCnnOptions } from "./audio_cnn.ts";
export { crnn, type CrnnOptions } from "./crnn.ts";
export { embeddingMlp, type EmbeddingMlpOptions } from "./embedding_mlp.ts";
export { resNet, type ResNetOptions } from "./res_net.ts";
export {
  gru,
  lstm,
  type RecurrentTextOptions,
  textCnn,
  type TextCnnOptions,
  type TextOptions,
  transformer,
  type TransformerOptions,
} from "./text.ts";
