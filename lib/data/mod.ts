/**
 * Data sets: where they are from, how they are read, and how they are dealt out for training.
 *
 * @module
 */
export type { Column, ColumnValues } from "./column.ts";
export {
  type Batch,
  type BatchOptions,
  type BatchSource,
  type DatasetParts,
  MultiTaskDataset,
} from "./dataset.ts";
export type { Labels } from "./_labels.ts";
export type { Fold, NestedFold, SplitOptions } from "./splits.ts";
export {
  type DatasetsByName,
  type JointBatch,
  JointDataset,
  jointDataset,
  type JointDatasetOptions,
  type JointTarget,
} from "./joint.ts";
export * as samplers from "./samplers/mod.ts";
export { ChecksumError, DataError, DataFormatError, DataUnavailableError } from "./errors.ts";
export {
  type CatalogDataset,
  catalogDatasets,
  type CatalogFile,
  catalogFile,
  catalogFiles,
  type CatalogVariant,
  filesOf,
  type Redistribution,
} from "./catalog.ts";
export { cacheFolder, type DataPlaces, mirrorPlace } from "./places.ts";
export { type DataOptions, readDataArchive, readDataFile } from "./fetch.ts";
export type { DownloadProgress, ProgressCallback } from "./_progress.ts";
export {
  type Mat5Options,
  type MatCells,
  type MatNumbers,
  type MatText,
  type MatUnread,
  type MatValue,
  parseMat5,
} from "./formats/mat5.ts";
export { type IdxArray, type IdxOptions, parseIdx } from "./formats/idx.ts";
export { parseWav, type Waveform, type WavOptions } from "./formats/wav.ts";
export { type LogMel, logMel, type LogMelOptions } from "./audio/log_mel.ts";
export { type CifarImages, parseCifar } from "./formats/cifar.ts";
export { type ArffAttribute, type ArffOptions, type ArffTable, parseArff } from "./formats/arff.ts";
export { parseTar, type TarOptions } from "./formats/tar.ts";
export type { BuiltInOption, Parts, PartSizes } from "./sets/_parts.ts";
export {
  fashionMnist,
  type FashionMnistOptions,
  type FashionMnistTarget,
  garmentGroups,
  garments,
} from "./sets/fashion_mnist.ts";
export {
  fsdd,
  fsddAccents,
  type FsddOptions,
  type FsddParts,
  type FsddTarget,
  type FsddWaveformOptions,
  fsddWaveforms,
} from "./sets/fsdd.ts";
export { fsddRecordings, fsddSpeakers, type SpokenDigit } from "./sets/fsdd_recordings.ts";
export { mnist, type MnistOptions } from "./sets/mnist.ts";
export { multiMnist, type MultiMnistOptions, type MultiMnistTarget } from "./sets/multi_mnist.ts";
export { strokeDigits, type StrokeDigitTarget } from "./sets/stroke_digits.ts";
export { school, schoolFeatures, type SchoolOptions } from "./sets/school.ts";
export type { SplitTableSet, TableLayout, TableSet } from "./sets/_table_set.ts";
export { adult, type AdultOptions, type AdultTarget } from "./sets/adult.ts";
export {
  cifar10,
  cifar10Objects,
  type Cifar10Options,
  type Cifar10Target,
} from "./sets/cifar10.ts";
export {
  crabs,
  type CrabTarget,
  penguinIslands,
  penguins,
  penguinSpecies,
  type PenguinTarget,
} from "./sets/animals.ts";
export {
  type Movielens,
  movielens,
  type MovielensInput,
  type MovielensOptions,
  type MovielensTarget,
} from "./sets/movielens.ts";
export {
  type MulanLabelName,
  mulanLabels,
  mulanRegression,
  type MulanRegressionName,
} from "./sets/mulan.ts";
export { sarcos, type SarcosTarget } from "./sets/sarcos.ts";
export { optdigits, type OptdigitsTarget } from "./sets/optdigits.ts";
export {
  parkinsonRecordings,
  parkinsonSpeech,
  type ParkinsonSpeechTarget,
} from "./sets/parkinson_speech.ts";
export { parkinsons, type ParkinsonsTarget } from "./sets/parkinsons.ts";
export {
  gridStability,
  type GridStabilityTarget,
  navalPropulsion,
  type NavalPropulsionTarget,
} from "./sets/simulated_plants.ts";
export { student, type StudentOptions, type StudentTarget } from "./sets/student.ts";
export {
  type Scale,
  standardise,
  type Standardised,
  type StandardiseOptions,
} from "./standardise.ts";
export {
  fduDomains,
  type FduMtl,
  fduMtl,
  type FduMtlOptions,
  type FduMtlTarget,
} from "./sets/fdu_mtl.ts";
export { snips, snipsIntents, type SnipsOptions, type SnipsTarget } from "./sets/snips.ts";
export {
  udEnglish,
  udEnglishGenres,
  type UdEnglishOptions,
  udEnglishSentences,
  type UdEnglishTarget,
  universalPartsOfSpeech,
} from "./sets/ud_english.ts";
export {
  wnut17,
  type Wnut17Options,
  type Wnut17Target,
  wnutEntities,
  wnutSegments,
  wnutShapes,
} from "./sets/wnut17.ts";
/** Problems of two numbers and two losses, with known ends. */
export * as toys from "./toys/mod.ts";
export { augment, type AugmentOptions } from "./augment.ts";
export { bioFaults, decodeTags, spanF1, type SpanScore, type SpanScores } from "./text/span_f1.ts";
export { tasksByGroup } from "./tasks_by_group.ts";
export {
  encodeTags,
  NO_TAG,
  PADDING,
  tokenize,
  UNKNOWN,
  Vocabulary,
  type VocabularyOptions,
} from "./text/vocabulary.ts";
export { bioSpans, parseBio, type Span, type TaggedSentence } from "./formats/bio.ts";
export { type ConlluSentence, type ConlluWord, parseConllu } from "./formats/conllu.ts";
export {
  type RelatedTasks,
  relatedTasks,
  type RelatedTasksOptions,
  unequalNoise,
  type UnequalNoiseOptions,
  unequalScales,
  type UnequalScalesOptions,
} from "./sets/generated_regression.ts";
export {
  type FrameColumns,
  type FrameColumnType,
  type FrameSettings,
  type FrameTargets,
  fromDataFrame,
  fromParquet,
} from "./frame.ts";
export { parquetSource, type ParquetSourceOptions } from "./parquet_source.ts";
export { sceneClasses, scenes, type SceneTarget } from "./sets/scenes.ts";
export {
  toyLanguage,
  type ToyLanguageOptions,
  type ToyLanguageTarget,
  toyPartsOfSpeech,
  toyPhrases,
} from "./sets/toy_language.ts";
