import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { MultiTaskDataset } from "polytask";
import { augment } from "../../lib/data/mod.ts";
import { testOnCpu } from "../_backends.ts";

const SIDE = 4;
const CHANNELS = 2;
const SIZE = 40;

/** Images of bytes whose pixels are all different, and a target of the same place and value. */
const dataset = MultiTaskDataset.from({
  inputs: {
    image: {
      values: Uint8Array.from({ length: SIZE * SIDE * SIDE * CHANNELS }, (_, at) => 1 + at % 199),
      shape: [SIDE, SIDE, CHANNELS],
      scale: 1 / 2,
    },
    number: { values: Int32Array.from({ length: SIZE }, (_, at) => at), shape: [] },
  },
  targets: {
    place: {
      values: Int32Array.from({ length: SIZE * SIDE * SIDE }, (_, at) => 1 + (2 * at) % 199),
      shape: [SIDE, SIDE],
      mask: Uint8Array.from({ length: SIZE }, (_, at) => at % 4 ? 1 : 0),
    },
    kind: { values: Int32Array.from({ length: SIZE }, (_, at) => at % 3), shape: [] },
  },
});
const options = { input: "image", shift: 2, flip: true, seed: 5 } as const;

/** For each example its image, in the order of the examples. */
async function images(
  source: ReturnType<typeof augment>,
  batching: { batchSize: number; seed?: number; epoch?: number },
  target?: string,
): Promise<number[][]> {
  const found: number[][] = [];
  for (const batch of source.batches(batching)) {
    const numbers = await batch.inputs.number.data();
    const from = target ? batch.targets[target]! : batch.inputs.image;
    const values = await from.data();
    const size = values.length / batch.size;
    numbers.forEach((number, at) => found[number] = [...values.slice(at * size, (at + 1) * size)]);
    batch.dispose();
  }
  return found;
}

testOnCpu("what happens to an image depends on seed, epoch and row alone", async () => {
  const before = tf.memory().numTensors;
  const source = augment(dataset, options);
  const first = await images(source, { batchSize: 40 });
  deepStrictEqual(await images(source, { batchSize: 7, seed: 3 }), first);
  const part = await images(augment(dataset.subset([9, 4]), options), { batchSize: 1 });
  deepStrictEqual([part[9], part[4]], [first[9], first[4]]);
  const differs = (other: number[][]) => other.filter((image, at) => `${image}` !== `${first[at]}`);
  ok(differs(await images(source, { batchSize: 40, epoch: 1 })).length > SIZE / 2);
  ok(
    differs(await images(augment(dataset, { ...options, seed: 6 }), { batchSize: 40 })).length > 20,
  );
  strictEqual(tf.memory().numTensors, before);
});

testOnCpu("images are moved and mirrored whole, with 0 in the empty places", async () => {
  const found = await images(augment(dataset, options), { batchSize: 16 });
  const plain = await images(dataset, { batchSize: 16 });
  const seen = new Set<string>();
  const at = (image: number[], y: number, x: number) =>
    y < 0 || x < 0 || y >= SIDE || x >= SIDE
      ? [0, 0]
      : image.slice((y * SIDE + x) * CHANNELS, (y * SIDE + x + 1) * CHANNELS);
  const moved = (image: number[], down: number, right: number, mirrored: boolean) => {
    const result: number[] = [];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const inside = x - right >= 0 && x - right < SIDE;
        const across = mirrored && inside ? SIDE - 1 - (x - right) : x - right;
        result.push(...at(image, y - down, across));
      }
    }
    return result;
  };
  found.forEach((image, row) => {
    let matches = 0;
    for (const down of [-2, -1, 0, 1, 2]) {
      for (const right of [-2, -1, 0, 1, 2]) {
        for (const mirrored of [false, true]) {
          if (`${moved(plain[row], down, right, mirrored)}` !== `${image}`) continue;
          matches++;
          seen.add(`${down} ${right}`).add(`mirrored ${mirrored}`);
        }
      }
    }
    strictEqual(matches, 1, `image ${row}`);
  });
  ok(seen.has("mirrored true") && seen.has("mirrored false") && seen.size > 12, `${[...seen]}`);
});

testOnCpu("nothing asked for, nothing changed; targets move along where asked", async () => {
  const still = augment(dataset, { input: "image", seed: 1 });
  deepStrictEqual(await images(still, { batchSize: 9 }), await images(dataset, { batchSize: 9 }));
  const before = tf.memory().numTensors;
  // The first channel of an image is half the target, wherever there is a label.
  const along = augment(dataset, { ...options, targets: ["place"] });
  const pictures = await images(along, { batchSize: 8 });
  const places = await images(along, { batchSize: 8 }, "place");
  places.forEach((place, row) => {
    // Where nothing came there is no label.
    const firsts = pictures[row].filter((_, index) => index % CHANNELS === 0)
      .map((v) => v === 0 ? -1 : 2 * v);
    deepStrictEqual(place, row % 4 ? firsts : firsts.map(() => 0), `row ${row}`);
  });
  strictEqual(tf.memory().numTensors, before);
  strictEqual(along.labelled!("place").size, 30);
});

testOnCpu("where a target is moved away it has no label, or what fill says", async () => {
  const count = 30 * 4;
  const ones = MultiTaskDataset.from({
    inputs: {
      image: { values: new Uint8Array(count).fill(7), shape: [2, 2] },
      number: { values: Int32Array.from({ length: 30 }, (_, at) => at), shape: [] },
    },
    targets: {
      depth: { values: new Float32Array(count).fill(3), shape: [2, 2, 1] },
      scaled: { values: new Float32Array(count).fill(3), shape: [2, 2], scale: 2, offset: 1 },
      part: { values: new Int32Array(count).fill(2), shape: [2, 2] },
      bytes: { values: new Uint8Array(count).fill(2), shape: [2, 2] },
    },
  });
  const moved = { input: "image", shift: 1, seed: 3 } as const;
  const targets = ["depth", "scaled", "part", "bytes"] as const;
  const values = async (
    options: Parameters<typeof augment<"image" | "number", typeof targets[number]>>[1],
  ) => {
    const source = augment(ones, options);
    const pictures = (await images(source, { batchSize: 8 })).flat();
    const found: Record<string, Set<number>> = {};
    for (const name of targets) {
      const labels = (await images(source, { batchSize: 8 }, name)).flat();
      found[name] = new Set(labels.filter((_, at) => pictures[at] === 0));
      ok(labels.filter((_, at) => pictures[at] !== 0).every((label) => label > 1));
    }
    return found;
  };
  const sets = (depth: number, scaled: number, part: number, bytes: number) => ({
    depth: new Set([depth]),
    scaled: new Set([scaled]),
    part: new Set([part]),
    bytes: new Set([bytes]),
  });
  deepStrictEqual(await values({ ...moved, targets }), sets(0, 0, -1, -1));
  const fill = { depth: 9.5, scaled: -3, part: 0, bytes: 0.5 };
  deepStrictEqual(await values({ ...moved, targets, fill }), sets(9.5, -3, 0, 0.5));
});

Deno.test("what cannot be augmented is refused", () => {
  throws(() => augment(dataset, { ...options, input: "number" }), /has "number" as \[\]/);
  throws(() => augment(dataset, { ...options, shift: 4 }), /from 0 to 3, but is 4/);
  throws(
    () => augment(dataset, { ...options, targets: ["kind"] }),
    /Target "kind" has rows of shape \[\]; to change with the images it must be \[4, 4\]/,
  );
  throws(
    () =>
      augment(dataset, { ...options, targets: ["place"], fill: { kind: 1 } as { place?: number } }),
    /fill says 1 for "kind"; it needs a number for targets that change with the images: place\./,
  );
});
