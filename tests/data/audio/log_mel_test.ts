import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { logMel } from "../../../lib/data/mod.ts";
import oracle from "../../oracles/logmel.json" with { type: "json" };

Deno.test("log-mel features equal librosa's numbers to 1e-9", () => {
  const samples = oracleSignal();
  for (const { window, hop, bands, frames, sum, rows } of oracle.cases) {
    const mel = logMel(samples, { sampleRate: 8000, window, hop, bands });
    deepStrictEqual([mel.frames, mel.bands], [frames, bands]);
    for (const { frame, values: expected } of rows) {
      expected.forEach((value, band) => {
        const found = mel.values[frame * bands + band];
        ok(Math.abs(found - value) < 1e-9, `frame ${frame}, band ${band}: ${found}, not ${value}`);
      });
    }
    const total = mel.values.reduce((running, value) => running + value, 0);
    ok(Math.abs(total - sum) < 1e-6, `sum ${total}, not ${sum}`);
  }
});

Deno.test("silence is the logarithm of the floor", () => {
  const { values } = logMel(new Float32Array(1000), { sampleRate: 8000 });
  ok(values.every((value) => value === Math.log(1e-6)));
});

Deno.test("a recording shorter than a frame still has frames", () => {
  strictEqual(logMel(new Float32Array(3).fill(0.5), { sampleRate: 8000 }).frames, 1);
  strictEqual(logMel([], { sampleRate: 8000 }).frames, 1);
});

Deno.test("options that cannot be are refused in a sentence", () => {
  throws(() => logMel([1], { sampleRate: 8000, window: 300 }), /power of two from 2, but is 300/);
  throws(() => logMel([1], { sampleRate: 8000, hop: 0 }), /hop must be a whole number from 1/);
  throws(() => logMel([1], { sampleRate: 0 }), /sampleRate and floor must be above 0/);
});

/** The signal that `oracles/logmel.json` describes. */
function oracleSignal(): Float64Array {
  let state = 12345n;
  return Float64Array.from({ length: 1500 }, (_, t) => {
    state = (1103515245n * state + 12345n) % 2147483648n;
    if (t >= 1200 && t < 1350) return 0;
    const noise = t > 700 ? Number(state) / 2147483648 - 0.5 : 0;
    return 0.4 * Math.sin(2 * Math.PI * (300 + 0.6 * t) * t / 8000) +
      0.2 * Math.cos(2 * Math.PI * 1700 * t / 8000) + 0.1 * noise;
  });
}
