import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { DataFormatError, parseWav } from "../../../lib/data/mod.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

Deno.test("PCM with 8, 16, 24 and 32 bits and floats give the same samples", () => {
  const wanted = [0, 0.5, -1, -0.25];
  const cases: [number, number, (view: DataView, at: number, value: number) => void][] = [
    [1, 8, (view, at, value) => view.setUint8(at, value * 128 + 128)],
    [1, 16, (view, at, value) => view.setInt16(at, value * 32768, true)],
    [1, 24, (view, at, value) => {
      view.setUint16(at, (value * 8388608) & 0xffff, true);
      view.setInt8(at + 2, (value * 8388608) >> 16);
    }],
    [1, 32, (view, at, value) => view.setInt32(at, value * 2147483648, true)],
    [3, 32, (view, at, value) => view.setFloat32(at, value, true)],
    [3, 64, (view, at, value) => view.setFloat64(at, value, true)],
  ];
  for (const [code, bits, write] of cases) {
    const bytes = wav({ code, bits, samples: wanted, write });
    const { samples, channels, sampleRate } = parseWav(bytes);
    deepStrictEqual([...samples], wanted, `format ${code} with ${bits} bits`);
    deepStrictEqual([channels, sampleRate], [2, 8000]);
  }
});

Deno.test("other chunks are passed over, odd ones with their padding byte", () => {
  const plain = sixteen([1, 2]);
  const list = Uint8Array.of(...ascii("LIST"), 3, 0, 0, 0, 9, 9, 9, 0);
  const bytes = Uint8Array.from([...plain.slice(0, 12), ...list, ...plain.slice(12)]);
  deepStrictEqual([...parseWav(bytes).samples], [1 / 32768, 2 / 32768]);
});

Deno.test("each thing that can be wrong is named with file, byte, expected and found", () => {
  const explain = (change: (view: DataView) => void, message: RegExp, cut = Infinity) => {
    const bytes = sixteen([1, 2]);
    change(new DataView(bytes.buffer));
    throws(() => parseWav(bytes.subarray(0, cut), { file: "one.wav" }), (error: Error) => {
      ok(error instanceof DataFormatError);
      ok(message.test(error.message), error.message);
      return true;
    });
  };
  const nothing = () => {};
  explain(
    (view) => view.setUint32(0, 0x4f676753),
    /one.wav, byte 0: expected "RIFF", found "OggS"/,
  );
  explain(nothing, /byte 8: expected "WAVE", but the file ends after 10 bytes/, 10);
  explain((view) => view.setUint16(20, 85, true), /byte 20: expected PCM .* found format 85/);
  explain((view) => view.setUint16(22, 0, true), /byte 22: expected 1 to 64 channels, found 0/);
  explain((view) => view.setUint32(24, 0, true), /byte 24: expected a sample rate above 0/);
  explain((view) => view.setUint16(32, 7, true), /byte 32: 2 channels of 16 bits are 4 bytes/);
  explain(
    (view) => view.setUint32(40, 2 ** 31, true),
    /"data" should have 2147483648 bytes, but only 4/,
  );
  explain(
    (view) => view.setUint32(36, 0x6a756e6b),
    /byte 48: expected a "data" chunk, but the file ends/,
  );
  explain((view) => view.setUint32(12, 0x6a756e6b), /byte 36: expected a "fmt " chunk before/);
  explain(nothing, /should have 4 bytes, but only 2 are left; the file is cut short/, 46);
});

Deno.test("damaged WAV files are explained; no more samples than bytes", () => {
  fc.assert(
    fc.property(damaged(sixteen([1, -2, 3, -4])), (bytes) => {
      const wave = parsesOrExplains(() => parseWav(bytes));
      if (wave) ok(wave.samples.length <= bytes.length);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a file without samples is a recording of length 0", () => {
  strictEqual(parseWav(sixteen([])).samples.length, 0);
});

function sixteen(samples: number[]): Uint8Array {
  const write = (view: DataView, at: number, value: number) => view.setInt16(at, value, true);
  return wav({ code: 1, bits: 16, samples, write });
}

function wav(
  { code, bits, samples, write }: {
    code: number;
    bits: number;
    samples: number[];
    write: (view: DataView, at: number, value: number) => void;
  },
): Uint8Array<ArrayBuffer> {
  const width = bits / 8;
  const bytes = new Uint8Array(44 + samples.length * width);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii("RIFF"), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(ascii("WAVEfmt "), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, code, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000 * 2 * width, true);
  view.setUint16(32, 2 * width, true);
  view.setUint16(34, bits, true);
  bytes.set(ascii("data"), 36);
  view.setUint32(40, samples.length * width, true);
  samples.forEach((sample, at) => write(view, 44 + at * width, sample));
  return bytes;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
