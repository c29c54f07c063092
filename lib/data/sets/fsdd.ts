import { logMel } from "../audio/log_mel.ts";
import { scaled } from "../_copy_rows.ts";
import type { Column } from "../column.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { DataFormatError, DataUnavailableError } from "../errors.ts";
import { type DataOptions, readDataArchive } from "../fetch.ts";
import { parseWav } from "../formats/wav.ts";
import { Random } from "../../math/random.ts";
import { parsedOnce } from "../_parsed_cache.ts";
import { drawSpeech } from "./_draw_speech.ts";
import { type BuiltInOption, checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** One recording of {@linkcode fsddRecordings}. */
export interface SpokenDigit {
  /** 0 to 9. */
  readonly digit: number;
  /** One of {@linkcode fsddSpeakers}. */
  readonly speaker: string;
  /** 0 to 49: which of the speaker's recordings of this digit. */
  readonly index: number;
  /** At 8,000 a second, -1 to 1; 1,148 to 18,262 of them. */
  readonly samples: Float32Array;
}

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

/** The targets of {@linkcode fsdd}. */
export type FsddTarget = "digit" | "speaker" | "accent";

/** Names of the classes of `speaker`. */
export const fsddSpeakers: readonly string[] = [
  "george",
  "jackson",
  "lucas",
  "nicolas",
  "theo",
  "yweweler",
];

/** Names of the classes of `accent`. */
export const fsddAccents: readonly string[] = ["Greek", "American", "German", "Belgian French"];

/** For each speaker the accent. */
const ACCENT_OF = [0, 1, 2, 3, 1, 2];
const KEY = "fsdd/recordings";
const SAMPLE_RATE = 8000;
const RECORDINGS = 3000;
const TEST_INDICES = 5;
const DEFAULT_VALIDATION = 300;
const FLOOR = 1e-6;
const NAME = /^recordings\/([0-9])_([a-z]+)_([0-9]{1,2})\.wav$/;

/**
 * All 3,000 recordings of the Free Spoken Digit Dataset as waveforms, in the order of digit,
 * speaker, index; see {@linkcode fsdd} for the set.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function fsddRecordings(options: DataOptions = {}): Promise<SpokenDigit[]> {
  const members = await readDataArchive(KEY, options);
  const recordings = [...members].map(([name, bytes]) => readRecording(name, bytes));
  return recordings.sort((one, other) =>
    one.digit - other.digit || one.speaker.localeCompare(other.speaker, "en") ||
    one.index - other.index
  );
}

function readRecording(name: string, bytes: Uint8Array): SpokenDigit {
  const parts = NAME.exec(name);
  if (!parts || !fsddSpeakers.includes(parts[2])) {
    throw new DataFormatError(name, 0, "expected a name of the form digit_speaker_index.wav.");
  }
  const { samples, channels, sampleRate } = parseWav(bytes, { file: name });
  if (channels !== 1 || sampleRate !== SAMPLE_RATE) {
    throw new DataFormatError(
      name,
      22,
      `expected 1 channel at ${SAMPLE_RATE} samples a second, found ${channels} at ${sampleRate}.`,
    );
  }
  return { digit: Number(parts[1]), speaker: parts[2], index: Number(parts[3]), samples };
}

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
 * Known traps: every speaker is in every part, so accuracies are for known voices; split by the
 * group `speaker` to measure unknown ones. All speakers are male. Recordings are trimmed by a
 * program and a few are clipped; `accent` follows from `speaker`.
 *
 * @param options `frames`, `bands`, `window`, `hop` of the features; `train` (default: all left),
 * `validation`, `seed` (0); `orBuiltIn`; where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had and `orBuiltIn` is not set.
 */
export async function fsdd(options: FsddOptions = {}): Promise<Parts<"features", FsddTarget>> {
  const { frames = 64, validation = DEFAULT_VALIDATION, seed = 0 } = options;
  if (!Number.isInteger(frames) || frames < 1) {
    throw new RangeError(`FSDD: frames must be a whole number from 1, but is ${frames}.`);
  }
  const spoken = await spokenFeatures(options).catch((error) => {
    if (!options.orBuiltIn || !(error instanceof DataUnavailableError)) throw error;
    return drawnFeatures(options.bands);
  });
  const usual = Int32Array.from(spoken.index.keys());
  const test = usual.filter((row) => spoken.index[row] < TEST_INDICES);
  const rest = usual.filter((row) => spoken.index[row] >= TEST_INDICES);
  checkSize("FSDD", "validation", validation, rest.length);
  const left = rest.length - validation;
  const train = checkSize("FSDD", "train", options.train ?? left, left);
  const order = Random.stream(seed, "FSDD recordings").permutation(rest.length);
  const rows = Array.from(order, (at) => rest[at]);
  const trainRows = rows.slice(validation, validation + train);
  const dataset = MultiTaskDataset.from({
    inputs: { features: standardised(padded(spoken, frames), trainRows) },
    targets: {
      digit: { values: spoken.digit, shape: [] },
      speaker: { values: spoken.speaker, shape: [], labels: fsddSpeakers },
      accent: {
        values: spoken.speaker.map((speaker) => ACCENT_OF[speaker]),
        shape: [],
        labels: fsddAccents,
      },
    },
    groups: { speaker: Array.from(spoken.speaker, (speaker) => fsddSpeakers[speaker]) },
    ...spoken.origin === "generated"
      ? {
        name: "Drawn speech (no FSDD)",
        description:
          "Generated: energies drawn by a program as if spoken, because FSDD could not " +
          "be had. Numbers measured on them say nothing about FSDD.",
      }
      : {
        name: "FSDD",
        description:
          "FSDD: spoken English digits of six speakers, log-mel features (Jackson et al.).",
      },
    origin: spoken.origin,
  });
  return {
    train: dataset.subset(trainRows),
    validation: dataset.subset(rows.slice(0, validation)),
    test: dataset.subset(test),
  };
}

interface SpokenFeatures {
  readonly origin: "measured" | "generated";
  readonly bands: number;
  /** `[all frames, bands]`, recording after recording. */
  readonly values: Float32Array;
  /** Frames of each recording. */
  readonly lengths: Int32Array;
  readonly digit: Int32Array;
  readonly speaker: Int32Array;
  readonly index: Int32Array;
}

async function spokenFeatures(options: FsddOptions): Promise<SpokenFeatures> {
  const { bands = 40, window = 256, hop = 128 } = options;
  const settings = `window ${window}, hop ${hop}, bands ${bands}, floor ${FLOOR}`;
  const key = { name: "fsdd-log-mel", version: 1, settings, sources: [KEY] };
  const { arrays } = await parsedOnce(key, options, async () => {
    const recordings = await fsddRecordings(options);
    const mels = recordings.map(({ samples }) =>
      logMel(samples, { sampleRate: SAMPLE_RATE, window, hop, bands, floor: FLOOR })
    );
    const lengths = Int32Array.from(mels, (mel) => mel.frames);
    const values = new Float32Array(lengths.reduce((sum, length) => sum + length, 0) * bands);
    let at = 0;
    for (const mel of mels) {
      values.set(mel.values, at);
      at += mel.values.length;
    }
    const digit = Int32Array.from(recordings, (recording) => recording.digit);
    const speaker = Int32Array.from(recordings, ({ speaker }) => fsddSpeakers.indexOf(speaker));
    const index = Int32Array.from(recordings, (recording) => recording.index);
    return { arrays: { values, lengths, digit, speaker, index }, notes: null };
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
