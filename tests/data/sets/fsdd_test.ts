import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import {
  DataUnavailableError,
  fsdd,
  fsddRecordings,
  fsddWaveforms,
  logMel,
  standardise,
} from "../../../lib/data/mod.ts";
import { countClasses, testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

// Figures taken from the archive with Python's tarfile and wave, NumPy 2.4.6 and librosa 0.11.0.
testOnRealData("fsdd", "every recording has the samples that Python reads", async () => {
  const recordings = await fsddRecordings();
  strictEqual(recordings.length, 3000);
  const lengths = recordings.map(({ samples }) => samples.length);
  deepStrictEqual([Math.min(...lengths), Math.max(...lengths)], [1148, 18262]);
  strictEqual(lengths.reduce((sum, length) => sum + length, 0), 10498424);
  let sum = 0;
  for (const { samples } of recordings) for (const sample of samples) sum += sample * 32768;
  strictEqual(sum, -332692700);
  const one = recordings.find((each) =>
    each.digit === 7 && each.speaker === "theo" && each.index === 12
  )!;
  strictEqual(one.samples.length, 1965);
  const raw = (from: number, to: number) =>
    Array.from(one.samples.subarray(from, to), (sample) => sample * 32768);
  deepStrictEqual(raw(0, 8), [-2, 10, -1, 34, 3, -11, 36, 14]);
  deepStrictEqual(raw(1000, 1005), [-27, -70, -77, -99, -122]);
  const mel = logMel(one.samples, { sampleRate: 8000 });
  deepStrictEqual([mel.frames, mel.bands], [16, 40]);
  const total = mel.values.reduce((running, value) => running + value, 0);
  ok(Math.abs(total - -7183.0844500636385) < 1e-6);
  ok(Math.abs(mel.values[5 * 40 + 1] - -6.931121019518486) < 1e-9);
});

testOnRealData("fsdd", "parts, classes and groups", async () => {
  const { train, validation, test } = await fsdd();
  deepStrictEqual([train.size, validation.size, test.size], [2400, 300, 300]);
  deepStrictEqual(countClasses(test.target("digit").values, 10), new Array(10).fill(30));
  deepStrictEqual(countClasses(test.target("speaker").values, 6), new Array(6).fill(50));
  deepStrictEqual(countClasses(test.target("accent").values, 4), [50, 100, 100, 50]);
  strictEqual(new Set([...train.rows, ...validation.rows, ...test.rows]).size, 3000);
  strictEqual(new Set(Array.from(test.rows, (row) => test.groups.speaker[row])).size, 6);
  const folds = train.kFold(6, { seed: 1, by: "speaker" });
  strictEqual(folds.length, 6);
});

testOnRealData("fsdd", "features have mean 0 and deviation 1 over the training part", async () => {
  const { train } = await fsdd({ train: 200, frames: 32 });
  const batch = train.batch(Int32Array.from({ length: 200 }, (_, at) => at));
  deepStrictEqual(batch.inputs.features.shape, [200, 32, 40]);
  const values = Array.from(await batch.inputs.features.data());
  batch.dispose();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  ok(Math.abs(mean) < 1e-4 && Math.abs(square - 1) < 1e-4, `${mean}, ${square}`);
});

testOnRealData("fsdd", "six folds over all recordings leave out one speaker each", async () => {
  const { whole, test } = await fsdd({ frames: 16 });
  strictEqual(whole.size, 3000);
  // Energies as computed, not standardised.
  const { values, shape } = whole.inputs.features;
  deepStrictEqual(shape, [16, 40]);
  const [{ samples }] = await fsddRecordings();
  const mel = logMel(samples, { sampleRate: 8000, window: 256, hop: 128, bands: 40, floor: 1e-6 });
  deepStrictEqual(values.slice(0, 16 * 40), Float32Array.from(mel.values.slice(0, 16 * 40)));
  deepStrictEqual(test.target("digit").values.length, 300);
  const folds = whole.kFold(6, { seed: 1, by: "speaker" });
  const speakers = folds.map(({ validation }) =>
    new Set(Array.from(validation.rows, (row) => validation.groups.speaker[row]))
  );
  ok(folds.every(({ train, validation }) => train.size === 2500 && validation.size === 500));
  ok(speakers.every(({ size }) => size === 1));
  strictEqual(new Set(speakers.flatMap((each) => [...each])).size, 6);
  const { train, validation } = folds[0];
  const { parts } = standardise({ train, validation }, { inputs: ["features"] });
  const bands = parts.train.inputs.features.values;
  let [sum, squares] = [0, 0];
  for (const row of parts.train.rows) {
    for (let frame = 0; frame < 16; frame++) {
      const value = bands[(row * 16 + frame) * 40 + 7];
      sum += value;
      squares += value * value;
    }
  }
  const count = train.size * 16;
  ok(Math.abs(sum / count) < 1e-4 && Math.abs(squares / count - 1) < 1e-4);
});

testOnRealData("fsdd", "waveforms are the recordings, cut or with silence behind", async () => {
  const recordings = await fsddRecordings();
  const { train, validation, test, whole } = await fsddWaveforms({ samples: 2000 });
  deepStrictEqual([train.size, validation.size, test.size, whole.size], [2400, 300, 300, 3000]);
  const batch = whole.batch([0, 2999]);
  deepStrictEqual(batch.inputs.waveform.shape, [2, 2000]);
  batch.dispose();
  const row = recordings.findIndex(({ samples }) => samples.length < 2000);
  const { samples } = recordings[row];
  const found = whole.inputs.waveform.values.slice(row * 2000, (row + 1) * 2000);
  deepStrictEqual(found.slice(0, samples.length), samples);
  ok(found.slice(samples.length).every((sample) => sample === 0));
  const usual = await fsdd();
  deepStrictEqual(train.rows, usual.train.rows);
  deepStrictEqual(train.target("speaker"), usual.train.target("speaker"));
});

Deno.test("FSDD without files throws DataUnavailableError", async () => {
  const nowhere = { cache: temporaryFolder(), mirror: null, offline: true };
  await rejects(fsdd(nowhere), DataUnavailableError);
  await rejects(fsdd({ ...nowhere, frames: 0 }), /frames must be a whole number from 1/);
  await rejects(fsddWaveforms(nowhere), DataUnavailableError);
  await rejects(fsddWaveforms({ samples: 0.5 }), /samples must be a whole number from 1.* 0\.5/);
});
