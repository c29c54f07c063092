import { DataFormatError } from "../errors.ts";
import { type DataOptions, readDataArchive } from "../fetch.ts";
import { parseWav } from "../formats/wav.ts";

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

/** Names of the classes of `speaker`. */
export const fsddSpeakers: readonly string[] = [
  "george",
  "jackson",
  "lucas",
  "nicolas",
  "theo",
  "yweweler",
];

/** The archive of all recordings in the catalogue. */
export const FSDD_KEY = "fsdd/recordings";
/** Samples a second. */
export const FSDD_SAMPLE_RATE = 8000;
const NAME = /^recordings\/([0-9])_([a-z]+)_([0-9]{1,2})\.wav$/;

/**
 * All 3,000 recordings of the Free Spoken Digit Dataset as waveforms, in the order of digit,
 * speaker, index; see {@linkcode fsdd} for the set.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function fsddRecordings(options: DataOptions = {}): Promise<SpokenDigit[]> {
  const members = await readDataArchive(FSDD_KEY, options);
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
  if (channels !== 1 || sampleRate !== FSDD_SAMPLE_RATE) {
    throw new DataFormatError(
      name,
      22,
      `expected 1 channel at ${FSDD_SAMPLE_RATE} samples a second, found ${channels} at ${sampleRate}.`,
    );
  }
  return { digit: Number(parts[1]), speaker: parts[2], index: Number(parts[3]), samples };
}
