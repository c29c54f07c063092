import { logMel } from "../audio/log_mel.ts";
import { scaled } from "../_copy_rows.ts";
import type { Column } from "../column.ts";
import { type DatasetParts, MultiTaskDataset } from "../dataset.ts";
import { DataUnavailableError } from "../errors.ts";
import type { DataOptions } from "../fetch.ts";
import { Random } from "../../math/random.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { drawSpeech } from "./_draw_speech.ts";
import {
  FSDD_KEY,
  FSDD_SAMPLE_RATE,
  fsddRecordings,
  fsddSpeakers,
  type SpokenDigit,
} from "./fsdd_recordings.ts";
import { type BuiltInOption, checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** Options of {@linkcode fsdd}. */
export interface FsddOptions extends Omit<PartSizes, "test">, BuiltInOption, DataOptions {
  /** Frames that every recording is padded or cut to, from 1. Default 64 (1.02 s at the default hop). */
  readonly frames?: number;
  /** Mel bands. Default 40. */
  readonly bands?: number;
  /** Samples a frame, a power of two. Default 256 (32 ms). */
  readonly window?: number;
  /** Samples from one frame to the next. Default 128 (16 ms). */
  readonly hop?: number;
}

/** Options of {@linkcode fsddWaveforms}. */
export interface FsddWaveformOptions extends Omit<PartSizes, "test">, DataOptions {
  /** Samples that every recording is padded or cut to, from 1. Default 8,192 (1.02 s). */
  readonly samples?: number;
}

/** The usual parts, and all recordings for parts of one's own. */
export interface FsddParts<Input extends string> extends Parts<Input, FsddTarget> {
  /**
   * All 3,000 recordings in the order of digit, speaker, index, their input as it was computed (not
   * standardised): `whole.kFold(6, { seed, by: "speaker" })` leaves out one speaker at a time, and
   * `standardise` brings each fold to one scale by its own training part.
   */
  readonly whole: MultiTaskDataset<Input, FsddTarget>;
}

/** The targets of {@linkcode fsdd}. */
export type FsddTarget = "digit" | "speaker" | "accent";

/** Names of the classes of `accent`. */
export const fsddAccents: readonly string[] = ["Greek", "American", "German", "Belgian French"];

/** For each speaker the accent. */
const ACCENT_OF = [0, 1, 2, 3, 1, 2];
const RECORDINGS = 3000;
const TEST_INDICES = 5;
const DEFAULT_VALIDATION = 300;
const FLOOR = 1e-6;

/**
 * FSDD, the Free Spoken Digit Dataset v1.0.10: spoken English digits.
 *
 * Records: 3,000 recordings, 50 for each of 10 digits and 6 speakers, 8 kHz, 16 bit, 0.14 to 2.28 s
 * long. Input `features` `[frames, bands]`: log-mel energies (see {@linkcode logMel}), frames of
 * silence behind short recordings, long ones cut at the end, then standardised with the mean and
 * deviation of the training part. Targets: `digit` (10 classes), `speaker` (6) and `accent` (4:
 * Greek, American (2 speakers), German (2), Belgian French). Group: `speaker`.
 *
 * Parts, as usual for this set: recordings 0 to 4 of each digit and speaker are the test part
 * (300); `validation` (default 300) of the other 2,700 are held out at random.
 *
 * Licence: CC BY-SA 4.0. Cite: Z. Jackson et al. Free Spoken Digit Dataset v1.0.10, 2020,
 * https://github.com/Jakobovski/free-spoken-digit-dataset.
 *
 * Known traps: every speaker is in every part, so accuracies are for known voices; take `whole` and
 * its folds by the group `speaker` to measure unknown ones. All speakers are male. Recordings are trimmed by a
 * program and a few are clipped; `accent` follows from `speaker`.
 *
 * @param options `frames`, `bands`, `window`, `hop` of the features; `train` (default: all left),
 * `validation`, `seed` (0); `orBuiltIn`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had and `orBuiltIn` is not set.
 */
export async function fsdd(options: FsddOptions = {}): Promise<FsddParts<"features">> {
  const { frames = 64 } = options;
  checkLength("frames", frames);
  const spoken = await spokenFeatures(options).catch((error) => {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return drawnFeatures(options.bands);
  });
  const about = spoken.origin === "generated"
    ? {
      name: "Drawn speech (no FSDD)",
      description: "Generated: energies drawn by a program as if spoken, because FSDD could not " +
        "be had. Numbers measured on them say nothing about FSDD.",
    }
    : {
      name: "FSDD",
      description:
        "FSDD: spoken English digits of six speakers, log-mel features (Jackson et al.).",
    };
  const features = padded(spoken, frames);
  const whole = recordingsWith({ features }, spoken, { ...about, origin: spoken.origin });
  const { train, validation, test } = dealt(spoken.index, options);
  // Worked out once for all parts.
  const usual = recordingsWith({ features: standardised(features, train) }, spoken, whole);
  return {
    train: usual.subset(train),
    validation: usual.subset(validation),
    test: usual.subset(test),
    whole,
  };
}

/**
 * The recordings of {@linkcode fsdd} as they were recorded.
 *
 * Input `waveform` `[samples]`: 8,000 a second, -1 to 1, silence behind short recordings, long ones
 * cut at the end. Targets, group, parts, licence, citation and traps as of {@linkcode fsdd}.
 *
 * @param options `samples`; `train`, `validation`, `seed` as of {@linkcode fsdd}; where to look for
 * the files.
 * @throws {DataUnavailableError} When the files cannot be had; there is no generated stand-in.
 */
export async function fsddWaveforms(
  options: FsddWaveformOptions = {},
): Promise<FsddParts<"waveform">> {
  const { samples: length = 8192 } = options;
  checkLength("samples", length);
  const recordings = await fsddRecordings(options);
  const values = new Float32Array(recordings.length * length);
  recordings.forEach(({ samples }, at) => values.set(samples.subarray(0, length), at * length));
  const about = {
    name: "FSDD",
    description: "FSDD: spoken English digits of six speakers, waveforms (Jackson et al.).",
  };
  const whole = recordingsWith(
    { waveform: { values, shape: [length] } },
    labelsOf(recordings),
    about,
  );
  const { train, validation, test } = dealt(
    Int32Array.from(recordings, ({ index }) => index),
    options,
  );
  return {
    train: whole.subset(train),
    validation: whole.subset(validation),
    test: whole.subset(test),
    whole,
  };
}

function checkLength(name: string, length: number): void {
  if (Number.isInteger(length) && length >= 1) return;
  throw new RangeError(`FSDD: ${name} must be a whole number from 1, but is ${length}.`);
}

/** Rows of the usual parts. */
function dealt(
  indices: Int32Array,
  { validation = DEFAULT_VALIDATION, seed = 0, ...sizes }: Omit<PartSizes, "test">,
): Record<keyof Parts<string, string>, number[]> {
  const all = Array.from(indices.keys());
  const test = all.filter((row) => indices[row] < TEST_INDICES);
  const rest = all.filter((row) => indices[row] >= TEST_INDICES);
  checkSize("FSDD", "validation", validation, rest.length);
  const left = rest.length - validation;
  const train = checkSize("FSDD", "train", sizes.train ?? left, left);
  const order = Random.stream(seed, "FSDD recordings").permutation(rest.length);
  const rows = Array.from(order, (at) => rest[at]);
  return {
    train: rows.slice(validation, validation + train),
    validation: rows.slice(0, validation),
    test,
  };
}

interface SpokenLabels {
  readonly digit: Int32Array;
  readonly speaker: Int32Array;
}

function labelsOf(recordings: readonly SpokenDigit[]): SpokenLabels {
  return {
    digit: Int32Array.from(recordings, ({ digit }) => digit),
    speaker: Int32Array.from(recordings, ({ speaker }) => fsddSpeakers.indexOf(speaker)),
  };
}

function recordingsWith<Input extends string>(
  inputs: Readonly<Record<Input, Column>>,
  { digit, speaker }: SpokenLabels,
  { name, description, origin }: Omit<DatasetParts<Input, FsddTarget>, "inputs" | "targets">,
): MultiTaskDataset<Input, FsddTarget> {
  return MultiTaskDataset.from<Input, FsddTarget>({
    inputs,
    targets: {
      digit: { values: digit, shape: [] },
      speaker: { values: speaker, shape: [], labels: fsddSpeakers },
      accent: {
        values: speaker.map((speaker) => ACCENT_OF[speaker]),
        shape: [],
        labels: fsddAccents,
      },
    },
    groups: { speaker: Array.from(speaker, (speaker) => fsddSpeakers[speaker]) },
    name,
    description,
    origin,
  });
}

interface SpokenFeatures extends SpokenLabels {
  readonly origin: "measured" | "generated";
  readonly bands: number;
  /** `[all frames, bands]`, recording after recording. */
  readonly values: Float32Array;
  /** Frames of each recording. */
  readonly lengths: Int32Array;
  readonly index: Int32Array;
}

async function spokenFeatures(options: FsddOptions): Promise<SpokenFeatures> {
  const { bands = 40, window = 256, hop = 128 } = options;
  const settings = `window ${window}, hop ${hop}, bands ${bands}, floor ${FLOOR}`;
  const key = { name: "fsdd-log-mel", version: 1, settings, sources: [FSDD_KEY] };
  const { arrays } = await parsedOnce(key, options, async () => {
    const recordings = await fsddRecordings(options);
    const mels = recordings.map(({ samples }) =>
      logMel(samples, { sampleRate: FSDD_SAMPLE_RATE, window, hop, bands, floor: FLOOR })
    );
    const lengths = Int32Array.from(mels, (mel) => mel.frames);
    const values = new Float32Array(lengths.reduce((sum, length) => sum + length, 0) * bands);
    let at = 0;
    for (const mel of mels) {
      values.set(mel.values, at);
      at += mel.values.length;
    }
    const index = Int32Array.from(recordings, (recording) => recording.index);
    return { arrays: { values, lengths, ...labelsOf(recordings), index }, notes: null };
  });
  return { bands, origin: "measured", ...arrays };
}

/** As many drawn recordings as the set has, where it cannot be had. */
function drawnFeatures(bands = 40): SpokenFeatures {
  const each = RECORDINGS / (10 * fsddSpeakers.length);
  const drawn = drawSpeech(each, bands, Math.log(FLOOR), Random.stream("stand-in speech", "all"));
  return { bands, origin: "generated", ...drawn };
}

function padded({ values, lengths, bands }: SpokenFeatures, frames: number): Column {
  const all = new Float32Array(RECORDINGS * frames * bands).fill(Math.log(FLOOR));
  let from = 0;
  lengths.forEach((length, recording) => {
    const kept = values.subarray(from, from + Math.min(length, frames) * bands);
    all.set(kept, recording * frames * bands);
    from += length * bands;
  });
  return { values: all, shape: [frames, bands] };
}

/** The column scaled to mean 0 and deviation 1 over `rows`. */
function standardised(column: Column, rows: readonly number[]): Column {
  const size = column.shape[0] * column.shape[1];
  let [sum, squares] = [0, 0];
  for (const row of rows) {
    for (let at = row * size; at < (row + 1) * size; at++) {
      sum += column.values[at];
      squares += column.values[at] ** 2;
    }
  }
  const count = rows.length * size;
  if (count === 0) return column;
  const mean = sum / count;
  const deviation = Math.sqrt(squares / count - mean * mean);
  // Worked out once, so that a batch only copies.
  return { ...column, values: scaled(column.values, 1 / deviation, -mean / deviation) };
}
