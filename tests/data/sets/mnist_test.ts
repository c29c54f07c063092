import {
  deepStrictEqual,
  match,
  notDeepStrictEqual,
  rejects,
  strictEqual,
} from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { DataUnavailableError, fashionMnist, mnist, multiMnist } from "../../../lib/data/mod.ts";
import { makePairs } from "../../../lib/data/sets/multi_mnist.ts";
import { Random } from "../../../lib/math/random.ts";
import { countClasses, sum, testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

const nowhere = { cache: temporaryFolder(), mirror: null, offline: true };

// Figures taken from the files with NumPy 2.4.6 (frombuffer, bincount, sum).
testOnRealData("mnist", "class counts, sums of all pixels and an exact row", async () => {
  const { train, test } = await mnist({ validation: 0 });
  deepStrictEqual(
    countClasses(train.target("digit").values, 10),
    [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  );
  deepStrictEqual(
    countClasses(test.target("digit").values, 10),
    [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  );
  strictEqual(sum(train.inputs.image.values), 1567298545);
  strictEqual(sum(test.inputs.image.values), 264923200);
  const at = 7 * 784 + 14 * 28;
  const row = test.inputs.image.values.slice(at, at + 28);
  deepStrictEqual([...row.slice(8, 19)], [86, 253, 208, 40, 85, 166, 251, 237, 254, 236, 42]);
});

testOnRealData("fashion-mnist", "class counts, groups and sums of all pixels", async () => {
  const { train, test } = await fashionMnist({ validation: 0 });
  deepStrictEqual(countClasses(train.target("garment").values, 10), new Array(10).fill(6000));
  deepStrictEqual(countClasses(test.target("group").values, 5), [4000, 1000, 1000, 3000, 1000]);
  strictEqual(sum(test.target("footwear").values), 3000);
  strictEqual(sum(train.inputs.image.values), 3431114169);
  strictEqual(sum(test.inputs.image.values), 573469082);
});

testOnRealData("mnist", "parts share no image, sizes are as asked, seeds differ", async () => {
  const { train, validation, test } = await mnist({
    train: 300,
    validation: 200,
    test: 100,
    seed: 1,
  });
  deepStrictEqual([train.size, validation.size, test.size], [300, 200, 100]);
  const rows = new Set([...train.rows, ...validation.rows]);
  strictEqual(rows.size, 500);
  const larger = await mnist({ train: 400, validation: 200, seed: 1 });
  deepStrictEqual(larger.validation.rows, validation.rows);
  const other = await mnist({ train: 300, validation: 200, seed: 2 });
  notDeepStrictEqual(other.validation.rows, validation.rows);
});

testOnRealData("mnist", "a batch holds pixels from 0 to 1 and leaves nothing behind", async () => {
  const before = tf.memory().numTensors;
  const { train } = await mnist({ train: 32 });
  const batch = train.batch(Int32Array.from({ length: 32 }, (_, row) => row));
  deepStrictEqual(batch.inputs.image.shape, [32, 28, 28, 1]);
  strictEqual(Math.max(...await batch.inputs.image.data()), 1);
  batch.dispose();
  strictEqual(tf.memory().numTensors, before);
});

testOnRealData(
  "mnist",
  "MultiMNIST is the same for the same seed, and has the sizes asked for",
  async () => {
    const sizes = { train: 200, validation: 100, test: 100 };
    const one = await multiMnist({ seed: 7, ...sizes });
    const same = await multiMnist({ seed: 7, ...sizes });
    const other = await multiMnist({ seed: 8, ...sizes });
    deepStrictEqual(one.train.inputs.image.values, same.train.inputs.image.values);
    notDeepStrictEqual(one.train.target("left").values, other.train.target("left").values);
    deepStrictEqual(one.train.inputs.image.shape, [36, 36, 1]);
    deepStrictEqual([one.train.size, one.validation.size, one.test.size], [200, 100, 100]);
  },
);

Deno.test("pairs are made of the images of their pool alone", () => {
  const labels = Int32Array.of(3, 1, 4, 1, 5, 9);
  // All pixels of an image tell which one it is.
  const images = Uint8Array.from(labels.keys().flatMap((at) => new Array(784).fill(at + 1)));
  const seen = (pool?: Int32Array) => {
    const pairs = makePairs({ images, labels }, pool, 100, new Random("pairs"));
    const shades = new Set(pairs.images);
    return { shades: [...shades].sort(), left: new Set(pairs.left), right: new Set(pairs.right) };
  };
  deepStrictEqual(seen(Int32Array.of(1, 4)), {
    shades: [0, 2, 5],
    left: new Set([1, 5]),
    right: new Set([1, 5]),
  });
  deepStrictEqual(seen().shades, [0, 1, 2, 3, 4, 5, 6]);
});

testOnRealData(
  "mnist",
  "each MultiMNIST image is the overlay of two images of its classes",
  async () => {
    const { train: digits } = await mnist({ validation: 0 });
    const { train } = await multiMnist({ seed: 3, train: 2, validation: 0, test: 0 });
    const images = digits.inputs.image.values;
    const labels = digits.target("digit").values;
    const order = digits.rows;
    const left = train.target("left").values;
    const right = train.target("right").values;
    for (let pair = 0; pair < train.size; pair++) {
      const canvas = train.inputs.image.values.subarray(pair * 1296, (pair + 1) * 1296);
      // The first row and column of ink belong to the left digit; find an image of its class that
      // lies wholly under the canvas, and likewise for the right one.
      const fits = (label: number, from: number) => {
        for (let at = 0; at < labels.length; at++) {
          if (labels[at] !== label) continue;
          for (let shift = 0; shift < 25; shift++) {
            const top = from + Math.floor(shift / 5);
            const start = from + shift % 5;
            if (liesUnder(canvas, images, order[at], top, start)) return true;
          }
        }
        return false;
      };
      strictEqual(fits(left[pair], 0), true);
      strictEqual(fits(right[pair], 4), true);
    }
  },
);

Deno.test("a loader without files throws DataUnavailableError that says where it looked", async () => {
  await rejects(mnist(nowhere), (error: Error) => {
    strictEqual(error instanceof DataUnavailableError, true);
    match(error.message, /train-images.*not in the cache.*POLYTASK_DATA_MIRROR/);
    return true;
  });
});

Deno.test("orBuiltIn gives drawn digits of the same shape that say what they are", async () => {
  const plain = await mnist({ ...nowhere, orBuiltIn: true, train: 30, validation: 10, test: 10 });
  deepStrictEqual([plain.train.size, plain.validation.size, plain.test.size], [30, 10, 10]);
  deepStrictEqual(plain.train.inputs.image.shape, [28, 28, 1]);
  strictEqual(plain.train.origin, "generated");
  match(plain.train.description, /^Generated: .* say nothing about MNIST\.$/);
  const pairs = await multiMnist({
    ...nowhere,
    orBuiltIn: true,
    train: 30,
    validation: 10,
    test: 10,
  });
  deepStrictEqual(pairs.train.inputs.image.shape, [36, 36, 1]);
  strictEqual(pairs.test.origin, "generated");
});

testOnRealData("mnist", "sizes that cannot be are refused in a sentence", async () => {
  await rejects(mnist({ train: 59_000, validation: 5_000 }), {
    name: "RangeError",
    message: "MNIST: train asks for 59000 examples, but there are 55000.",
  });
  await rejects(mnist({ validation: -1 }), /validation must be a whole number from 0, but is -1/);
  await rejects(multiMnist({ train: 1.5 }), /train must be a whole number from 0, but is 1.5/);
});

function liesUnder(
  canvas: ArrayLike<number>,
  images: ArrayLike<number>,
  row: number,
  top: number,
  start: number,
): boolean {
  for (let at = 0; at < 784; at++) {
    const under = canvas[(top + Math.floor(at / 28)) * 36 + start + at % 28];
    if (images[row * 784 + at] > under) return false;
  }
  return true;
}
