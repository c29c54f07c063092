import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { cifar10, DataUnavailableError, type MultiTaskDataset } from "../../../lib/data/mod.ts";
import { imagesFromArchive } from "../../../lib/data/sets/cifar10.ts";
import { makeTar } from "../_make_tar.ts";
import { countClasses, sum, testOnRealData } from "../_real.ts";
import { temporaryFolder } from "../_temporary.ts";

const offline = { offline: true };

// Figures taken from the files with Python's lzma and NumPy 2.4.6.
testOnRealData("cifar10-jpg", "the stand-in says what it is and has the right pixels", async () => {
  const { train, validation, test } = await cifar10({ ...offline, orStandIn: true, validation: 0 });
  if (!/stand-in/.test(train.name)) return; // The official archive is here.
  strictEqual(validation.size, 0);
  deepStrictEqual(countClasses(train.target("object").values, 10), new Array(10).fill(500));
  deepStrictEqual(countClasses(test.target("object").values, 10), new Array(10).fill(100));
  strictEqual(sum(test.target("animal").values), 600);
  strictEqual(sum(train.inputs.image.values), 1849123137);
  strictEqual(sum(test.inputs.image.values), 374565327);
  const colours = [0, 0, 0];
  const pixels = train.inputs.image.values;
  for (let at = 0; at < pixels.length; at++) colours[at % 3] += pixels[at];
  deepStrictEqual(colours, [641195800, 627733829, 580193508]);
  deepStrictEqual([...train.inputs.image.values.slice(7 * 3072, 7 * 3072 + 6)], [
    30,
    35,
    41,
    27,
    36,
    43,
  ]);
  match(train.description, /stand-in for CIFAR-10: 6,000 lossy JPEG copies\. Not comparable/);
});

testOnRealData("cifar10", "classes of the official archive", async () => {
  const { train, test } = await cifar10({ ...offline, validation: 0 });
  deepStrictEqual(countClasses(train.target("object").values, 10), new Array(10).fill(5000));
  deepStrictEqual(countClasses(test.target("object").values, 10), new Array(10).fill(1000));
});

/** An archive as the authors made it, with `rows` images in each batch, all of one colour. */
function archive(rows: number, changes: Record<string, Uint8Array | undefined> = {}) {
  const names = [...[1, 2, 3, 4, 5].map((number) => `data_batch_${number}`), "test_batch"];
  const members = names.flatMap((name, at) => {
    const bytes = new Uint8Array(rows * 3073);
    for (let row = 0; row < rows; row++) {
      const from = row * 3073;
      bytes[from] = (at + row) % 10;
      [200, 100, at].forEach((shade, plane) =>
        bytes.fill(shade, from + 1 + plane * 1024, from + 1 + (plane + 1) * 1024)
      );
    }
    const file = `cifar-10-batches-bin/${name}.bin`;
    if (!(name in changes)) return [{ name: file, content: bytes }];
    const content = changes[name];
    return content ? [{ name: file, content }] : [];
  });
  const all = [
    { name: "cifar-10-batches-bin/", type: "5" },
    { name: "cifar-10-batches-bin/readme.html", content: new Uint8Array(88) },
    ...members,
  ];
  return new Uint8Array(gzipSync(makeTar(all)));
}

Deno.test("the official archive: batches in order, pixels beside each other, labels", () => {
  const { train, test } = imagesFromArchive(archive(2));
  deepStrictEqual([train.rows, test.rows], [10, 2]);
  deepStrictEqual([...train.labels], [0, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
  deepStrictEqual([...test.labels], [5, 6]);
  strictEqual(train.images.length, 10 * 3072);
  // The second image of the third batch.
  deepStrictEqual([...train.images.slice(5 * 3072, 5 * 3072 + 6)], [200, 100, 2, 200, 100, 2]);
  deepStrictEqual([...test.images.slice(-3)], [200, 100, 5]);
});

Deno.test("an archive that is not CIFAR-10's is explained", () => {
  throws(
    () => imagesFromArchive(archive(1, { data_batch_4: undefined })),
    /cifar-10-binary\.tar\.gz, byte 0: expected a member "data_batch_4\.bin"/,
  );
  throws(
    () => imagesFromArchive(archive(1, { test_batch: new Uint8Array(3000) })),
    /tar\.gz: test_batch\.bin, byte 3000: expected records of 3073 bytes/,
  );
  throws(() => imagesFromArchive(archive(1).slice(0, 200)), /the gzip data end too early/);
});

Deno.test("without the archive and without leave to take the stand-in, CIFAR-10 is unavailable", async () => {
  const nowhere = { cache: temporaryFolder(), mirror: null, offline: true };
  await rejects(cifar10(nowhere), DataUnavailableError);
  await rejects(cifar10({ ...nowhere, orStandIn: true }), (error: Error) => {
    ok(error instanceof DataUnavailableError);
    match(error.message, /cifar-10-binary\.tar\.gz/);
    return true;
  });
});

Deno.test("without any photographs, drawn shapes stand in where that is allowed, and say so", async () => {
  const nowhere = { cache: temporaryFolder(), mirror: null, offline: true };
  const sizes = { train: 300, validation: 20, test: 100, seed: 7, orBuiltIn: true };
  const { train, validation, test } = await cifar10({ ...nowhere, ...sizes });
  deepStrictEqual([train.size, validation.size, test.size], [300, 20, 100]);
  deepStrictEqual(train.inputs.image.shape, [32, 32, 3]);
  strictEqual(train.origin, "generated");
  match(train.name, /^Drawn shapes \(no CIFAR-10\) train$/);
  match(train.description, /^Generated: .* say nothing about CIFAR-10\.$/);
  strictEqual(new Set(train.target("object").values).size, 10);
  const again = await cifar10({ ...nowhere, ...sizes });
  deepStrictEqual(again.train.inputs.image.values, train.inputs.image.values);
  ok(shareOfNearestOutline(train, test) > 0.6);
});

/**
 * Share of `test` images whose brightest pixels fit best the mean outline of their own class in
 * `train`: colours are random, so that only shapes can tell.
 */
function shareOfNearestOutline(train: MultiTaskDataset, test: MultiTaskDataset): number {
  const outlines = (set: MultiTaskDataset) =>
    Array.from(set.rows, (row) => {
      const pixels = set.inputs.image.values.slice(row * 3072, (row + 1) * 3072);
      const light = Array.from({ length: 1024 }, (_, at) =>
        pixels[3 * at] + pixels[3 * at + 1] + pixels[3 * at + 2]);
      const middle = (Math.min(...light) + Math.max(...light)) / 2;
      return light.map((value) =>
        value > middle ? 1 : 0
      );
    });
  const labels = train.target("object").values;
  const means = Array.from({ length: 10 }, () => new Float64Array(1024));
  const counts = new Float64Array(10);
  labels.forEach((label) => counts[label]++);
  outlines(train).forEach((outline, row) =>
    outline.forEach((value, at) => means[labels[row]][at] += value / counts[labels[row]])
  );
  const truth = test.target("object").values;
  const right = outlines(test).filter((outline, row) => {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, at) => sum + (value - outline[at]) ** 2, 0)
    );
    return distances.indexOf(Math.min(...distances)) === truth[row];
  });
  return right.length / test.size;
}
