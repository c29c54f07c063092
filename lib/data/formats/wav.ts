import { DataFormatError } from "../errors.ts";

/** A recording. */
export interface Waveform {
  /** Samples a second. */
  readonly sampleRate: number;
  /** Number of channels. */
  readonly channels: number;
  /** Samples from -1 to 1, channels interleaved; `frames * channels` numbers. */
  readonly samples: Float32Array;
}

/** Options of {@linkcode parseWav}. */
export interface WavOptions {
  /** Name of the file for messages. Default `"WAV file"`. */
  readonly file?: string;
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const MOST_CHANNELS = 64;

interface Format {
  readonly code: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bits: number;
}

/**
 * Reads a RIFF/WAVE file: PCM with 8, 16, 24 or 32 bits, or floats with 32 or 64 bits. Whole
 * numbers are divided by 2^(bits - 1), so samples lie in [-1, 1); floats are taken as they are.
 * Allocates one number for each sample that is really there.
 *
 * Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991),
 * with WAVE_FORMAT_EXTENSIBLE.
 *
 * @throws {DataFormatError} When the bytes are not that; says where and what was expected.
 */
export function parseWav(bytes: Uint8Array, options: WavOptions = {}): Waveform {
  const { file = "WAV file" } = options;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expectMark(bytes, 0, "RIFF", file);
  expectMark(bytes, 8, "WAVE", file);
  let format: Format | undefined;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const mark = markAt(bytes, at);
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (start + size > bytes.length) {
      throw new DataFormatError(
        file,
        at + 4,
        `the chunk "${mark}" should have ${size} bytes, but only ${
          bytes.length - start
        } are left; the file is cut short.`,
      );
    }
    if (mark === "fmt ") format = readFormat(view, start, size, file);
    if (mark === "data") {
      if (!format) {
        throw new DataFormatError(file, at, `expected a "fmt " chunk before the samples.`);
      }
      return { ...readSamples(view, start, size, format, file) };
    }
    at = start + size + size % 2;
  }
  throw new DataFormatError(file, at, `expected a "data" chunk, but the file ends.`);
}

function readFormat(view: DataView, start: number, size: number, file: string): Format {
  if (size < 16) {
    throw new DataFormatError(file, start - 4, `a "fmt " chunk has 16 bytes or more, not ${size}.`);
  }
  let code = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (code === EXTENSIBLE && size >= 40) code = view.getUint16(start + 24, true);
  const known = code === PCM ? [8, 16, 24, 32] : code === FLOAT ? [32, 64] : [];
  if (!known.includes(bits)) {
    throw new DataFormatError(
      file,
      start,
      `expected PCM with 8, 16, 24 or 32 bits or floats with 32 or 64, found format ${code} with ` +
        `${bits} bits.`,
    );
  }
  if (channels < 1 || channels > MOST_CHANNELS) {
    throw new DataFormatError(
      file,
      start + 2,
      `expected 1 to ${MOST_CHANNELS} channels, found ${channels}.`,
    );
  }
  if (sampleRate === 0) {
    throw new DataFormatError(file, start + 4, "expected a sample rate above 0, found 0.");
  }
  if (blockAlign !== channels * bits / 8) {
    throw new DataFormatError(
      file,
      start + 12,
      `${channels} channels of ${bits} bits are ${
        channels * bits / 8
      } bytes, but the header says ` +
        `${blockAlign}.`,
    );
  }
  return { code, channels, sampleRate, bits };
}

function readSamples(
  view: DataView,
  start: number,
  size: number,
  { code, channels, sampleRate, bits }: Format,
  file: string,
): Waveform {
  const width = bits / 8;
  if (size % (width * channels) !== 0) {
    throw new DataFormatError(
      file,
      start - 4,
      `${size} bytes of samples do not divide into ${channels} channels of ${width} bytes.`,
    );
  }
  const samples = new Float32Array(size / width);
  const read = sampleReader(view, code, bits);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = read(start + index * width);
  }
  return { sampleRate, channels, samples };
}

function sampleReader(view: DataView, code: number, bits: number): (at: number) => number {
  if (code === FLOAT) {
    return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true);
  }
  switch (bits) {
    case 8:
      return (at) => (view.getUint8(at) - 128) / 128;
    case 16:
      return (at) => view.getInt16(at, true) / 32768;
    case 24:
      return (at) => (view.getInt8(at + 2) * 65536 + view.getUint16(at, true)) / 8388608;
    default:
      return (at) => view.getInt32(at, true) / 2147483648;
  }
}

function expectMark(bytes: Uint8Array, at: number, mark: string, file: string): void {
  const found = markAt(bytes, at);
  if (found === mark) return;
  throw new DataFormatError(
    file,
    at,
    found.length < 4
      ? `expected "${mark}", but the file ends after ${bytes.length} bytes.`
      : `expected "${mark}", found "${found}".`,
  );
}

function markAt(bytes: Uint8Array, at: number): string {
  return Array.from(
    bytes.subarray(at, at + 4),
    (byte) => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?",
  ).join("");
}
