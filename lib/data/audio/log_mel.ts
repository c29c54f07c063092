import { PowerSpectrum } from "./_fourier.ts";

/** How log-mel features are computed. */
export interface LogMelOptions {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Samples a frame, a power of two. Default 256. */
  readonly window?: number;
  /** Samples from one frame to the next. Default 128. */
  readonly hop?: number;
  /** Number of mel bands. Default 40. */
  readonly bands?: number;
  /** Added to the energy before the logarithm, so that silence is finite. Default 1e-6. */
  readonly floor?: number;
}

/** Features of one recording. */
export interface LogMel {
  /** Number of frames. */
  readonly frames: number;
  /** Number of mel bands. */
  readonly bands: number;
  /** `[frames, bands]`, row-major. */
  readonly values: Float64Array;
}

/**
 * The logarithm of the energy in mel bands over time: periodic Hann window, centred frames with
 * zeros beyond the ends, power spectrum, triangular bands evenly spaced on Slaney's mel scale from
 * 0 to half the sample rate, each scaled to the same area, natural logarithm of energy plus
 * `floor`. Computed in float64.
 *
 * The same as `librosa.feature.melspectrogram` with `pad_mode="constant"` and its other defaults
 * (checked against its numbers), then `log(x + floor)`. Source: M. Slaney, Auditory Toolbox,
 * Interval Research 1998-010.
 *
 * @param samples One channel, -1 to 1.
 * @returns `1 + floor(samples / hop)` frames.
 * @throws {RangeError} When an option cannot be.
 */
export function logMel(samples: ArrayLike<number>, options: LogMelOptions): LogMel {
  const { sampleRate, window: size = 256, hop = 128, bands = 40, floor = 1e-6 } = options;
  if (!(size >= 2) || !Number.isInteger(Math.log2(size))) {
    throw new RangeError(`window must be a power of two from 2, but is ${size}.`);
  }
  for (const [name, value] of Object.entries({ hop, bands })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number from 1, but is ${value}.`);
    }
  }
  if (!(sampleRate > 0) || !(floor > 0)) {
    throw new RangeError(`sampleRate and floor must be above 0, but are ${sampleRate}, ${floor}.`);
  }
  const padded = new Float64Array(samples.length + size);
  padded.set(samples, size / 2);
  const { transform, window, filters } = toolsFor(sampleRate, size, bands);
  const frames = 1 + Math.floor(samples.length / hop);
  const values = new Float64Array(frames * bands);
  const power = new Float64Array(size / 2 + 1);
  for (let frame = 0; frame < frames; frame++) {
    transform.compute(padded, frame * hop, window, power);
    for (let band = 0; band < bands; band++) {
      const { first, weights } = filters[band];
      let energy = 0;
      for (let k = 0; k < weights.length; k++) energy += weights[k] * power[first + k];
      values[frame * bands + band] = Math.log(energy + floor);
    }
  }
  return { frames, bands, values };
}

interface Filter {
  /** First bin of the spectrum with a weight. */
  readonly first: number;
  readonly weights: Float64Array;
}

interface Tools {
  readonly transform: PowerSpectrum;
  readonly window: Float64Array;
  readonly filters: readonly Filter[];
}

let lastTools: { key: string; tools: Tools } | undefined;

/** Window, transform and bands; kept for the next recording, which usually wants the same. */
function toolsFor(sampleRate: number, size: number, bands: number): Tools {
  const key = `${sampleRate}/${size}/${bands}`;
  if (lastTools?.key !== key) {
    const window = Float64Array.from(
      { length: size },
      (_, index) => 0.5 - 0.5 * Math.cos(2 * Math.PI * index / size),
    );
    const tools = {
      transform: new PowerSpectrum(size),
      window,
      filters: melFilters(sampleRate, size, bands),
    };
    lastTools = { key, tools };
  }
  return lastTools.tools;
}

function melFilters(sampleRate: number, size: number, bands: number): Filter[] {
  const top = hertzToMel(sampleRate / 2);
  const edges = Array.from(
    { length: bands + 2 },
    (_, index) => melToHertz(top * index / (bands + 1)),
  );
  return Array.from({ length: bands }, (_, band) => {
    const [low, centre, high] = edges.slice(band, band + 3);
    const area = 2 / (high - low);
    const weights: number[] = [];
    let first = -1;
    for (let bin = 0; bin <= size / 2; bin++) {
      const frequency = bin * sampleRate / size;
      const height = Math.min(
        (frequency - low) / (centre - low),
        (high - frequency) / (high - centre),
      );
      if (height <= 0) continue;
      if (first < 0) first = bin;
      weights.push(area * height);
    }
    return { first: Math.max(0, first), weights: Float64Array.from(weights) };
  });
}

// Slaney's scale: linear up to 1000 Hz (15 mel), then 27 mel for each factor of 6.4.
const HERTZ_A_MEL = 200 / 3;
const BEND_HERTZ = 1000;
const BEND_MEL = 15;
const LOG_STEP = Math.log(6.4) / 27;

function hertzToMel(hertz: number): number {
  return hertz < BEND_HERTZ
    ? hertz / HERTZ_A_MEL
    : BEND_MEL + Math.log(hertz / BEND_HERTZ) / LOG_STEP;
}

function melToHertz(mel: number): number {
  return mel < BEND_MEL ? mel * HERTZ_A_MEL : BEND_HERTZ * Math.exp(LOG_STEP * (mel - BEND_MEL));
}
