import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "../../lib/backend/mod.ts";
import { Random } from "../../lib/math/random.ts";

await useBackend({ backend: "wasm" });

/** The transform of one row by its definition, in float64. */
function transform(real: ArrayLike<number>, imaginary: ArrayLike<number>, sign: 1 | -1) {
  const length = real.length;
  return Array.from({ length }, (_, frequency) => {
    let [a, b] = [0, 0];
    for (let index = 0; index < length; index++) {
      const angle = sign * 2 * Math.PI * (index * frequency % length) / length;
      a += real[index] * Math.cos(angle) - imaginary[index] * Math.sin(angle);
      b += real[index] * Math.sin(angle) + imaginary[index] * Math.cos(angle);
    }
    return [a, b];
  });
}

function numbers(label: string, count: number): Float32Array {
  const random = Random.stream("fourier", label);
  return Float32Array.from({ length: count }, () => random.normal());
}

function assertNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  const size = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, index) => {
    const found = actual[index];
    assert.ok(Math.abs(found - value) <= 3e-6 * size, `number ${index} is ${found}, not ${value}`);
  });
}

for (const length of [1, 2, 3, 8, 12, 25, 64, 97, 400, 1024]) {
  Deno.test(`fft and ifft of rows of ${length} are what float64 gives`, async () => {
    await tf.setBackend("wasm");
    const before = tf.memory().numTensors;
    const [real, imaginary] = [numbers("real", 3 * length), numbers("imaginary", 3 * length)];
    const [forward, back] = tf.tidy(() => {
      const x = tf.complex(tf.tensor2d(real, [3, length]), tf.tensor2d(imaginary, [3, length]));
      const y = tf.spectral.fft(x);
      return [y, tf.spectral.ifft(y)];
    });
    const rows = [0, 1, 2].flatMap((row) => {
      const part = (values: Float32Array) => values.subarray(row * length, (row + 1) * length);
      return transform(part(real), part(imaginary), -1).flat();
    });
    assertNear(await forward.data(), rows);
    const numbersBack = [...real].flatMap((value, index) => [value, imaginary[index]]);
    assertNear(await back.data(), numbersBack);
    tf.dispose([forward, back]);
    assert.equal(tf.memory().numTensors, before);
  });
}

for (const length of [16, 30, 400]) {
  Deno.test(`rfft of ${length} numbers has their first frequencies, irfft gives them back`, async () => {
    await tf.setBackend("wasm");
    const values = numbers("signal", length);
    const [spectrum, again] = tf.tidy(() => {
      const spectrum = tf.spectral.rfft(tf.tensor1d(values));
      return [spectrum, tf.spectral.irfft(spectrum)];
    });
    assert.deepEqual(spectrum.shape, [length / 2 + 1]);
    const expected = transform(values, new Float32Array(length), -1);
    assertNear(await spectrum.data(), expected.slice(0, length / 2 + 1).flat());
    assertNear(await again.data(), [...values]);
    tf.dispose([spectrum, again]);
  });
}

Deno.test("stft gives the spectrum of each window", async () => {
  await tf.setBackend("wasm");
  const values = numbers("sound", 100);
  const [size, step] = [32, 16];
  const frames = tf.tidy(() =>
    tf.signal.stft(tf.tensor1d(values), size, step, size, () => tf.ones([size]) as tf.Tensor1D)
  );
  assert.deepEqual(frames.shape, [5, size / 2 + 1]);
  const expected = [0, 1, 2, 3, 4].flatMap((frame) => {
    const part = values.subarray(frame * step, frame * step + size);
    return transform(part, new Float32Array(size), -1).slice(0, size / 2 + 1).flat();
  });
  assertNear(await frames.data(), expected);
  frames.dispose();
});
