import type { Random } from "../../math/random.ts";

/** Log energies as if spoken: see {@linkcode drawSpeech}. */
export interface DrawnSpeech {
  /** `[all frames, bands]`, recording after recording. */
  readonly values: Float32Array;
  /** Frames of each recording. */
  readonly lengths: Int32Array;
  readonly digit: Int32Array;
  readonly speaker: Int32Array;
  readonly index: Int32Array;
}

/**
 * For each digit the places of two peaks in the spectrum (as shares of the bands) at the start, in
 * the middle and at the end, and a share of hiss at the start.
 */
const words: readonly {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly hiss: number;
}[] = [
  { low: [0.15, 0.2, 0.25], high: [0.75, 0.55, 0.4], hiss: 0.6 },
  { low: [0.2, 0.35, 0.2], high: [0.3, 0.5, 0.6], hiss: 0 },
  { low: [0.15, 0.15, 0.15], high: [0.7, 0.5, 0.35], hiss: 0.5 },
  { low: [0.2, 0.15, 0.1], high: [0.45, 0.7, 0.8], hiss: 0.4 },
  { low: [0.25, 0.3, 0.25], high: [0.45, 0.4, 0.5], hiss: 0.7 },
  { low: [0.4, 0.35, 0.15], high: [0.5, 0.6, 0.75], hiss: 0.7 },
  { low: [0.15, 0.15, 0.15], high: [0.75, 0.75, 0.85], hiss: 1 },
  { low: [0.25, 0.25, 0.2], high: [0.65, 0.6, 0.65], hiss: 0.9 },
  { low: [0.25, 0.2, 0.15], high: [0.6, 0.75, 0.8], hiss: 0 },
  { low: [0.4, 0.3, 0.2], high: [0.55, 0.65, 0.5], hiss: 0.1 },
];

/** For each speaker how far the peaks move, how the spectrum leans, and how long a word takes. */
const voices = [
  { shift: -0.06, lean: -2.5, frames: 26 },
  { shift: -0.02, lean: 0.5, frames: 30 },
  { shift: 0.05, lean: -1, frames: 34 },
  { shift: 0.02, lean: 2, frames: 22 },
  { shift: -0.04, lean: 3, frames: 20 },
  { shift: 0.07, lean: 1, frames: 28 },
];

const PEAK_WIDTH = 0.07;
const LOUDEST = 8;
const NOISE = 1;

/**
 * Draws recordings of ten words by six voices as log energies in `bands` bands: two peaks that move
 * as the word goes on, hiss at its start, a voice's own places, lean and length, and noise.
 * @param each Recordings of each word by each voice.
 * @param floor The log energy of silence.
 */
export function drawSpeech(
  each: number,
  bands: number,
  floor: number,
  random: Random,
): DrawnSpeech {
  const frames: number[] = [];
  const [digit, speaker, index, lengths]: number[][] = [[], [], [], []];
  words.forEach((word, spoken) =>
    voices.forEach((voice, by) => {
      for (let take = 0; take < each; take++) {
        const length = Math.max(6, Math.round(voice.frames * (0.85 + 0.3 * random.uniform())));
        const loud = LOUDEST * (0.8 + 0.4 * random.uniform());
        const off = voice.shift + 0.02 * random.normal();
        for (let frame = 0; frame < length; frame++) {
          const time = frame / (length - 1);
          const swell = Math.sin(Math.PI * (0.1 + 0.85 * time));
          for (let band = 0; band < bands; band++) {
            const place = band / (bands - 1);
            const peaks = bump(place, along(word.low, time) + off) +
              0.8 * bump(place, along(word.high, time) + off);
            const hiss = time < 0.3 ? 0.7 * word.hiss * place : 0;
            const energy = loud * swell * (peaks + hiss) + voice.lean * (0.5 - place);
            frames.push(floor + 3 + Math.max(0, energy) + NOISE * random.normal());
          }
        }
        digit.push(spoken);
        speaker.push(by);
        index.push(take);
        lengths.push(length);
      }
    })
  );
  return {
    values: Float32Array.from(frames),
    lengths: Int32Array.from(lengths),
    digit: Int32Array.from(digit),
    speaker: Int32Array.from(speaker),
    index: Int32Array.from(index),
  };
}

function bump(place: number, centre: number): number {
  return Math.exp(-(((place - centre) / PEAK_WIDTH) ** 2) / 2);
}

/** Straight from the first to the second to the third value as `time` goes from 0 to 1. */
function along(values: readonly number[], time: number): number {
  const half = time < 0.5 ? 0 : 1;
  const part = 2 * time - half;
  return values[half] * (1 - part) + values[half + 1] * part;
}
