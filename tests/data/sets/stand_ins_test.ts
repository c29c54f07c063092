import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fashionMnist } from "../../../lib/data/sets/fashion_mnist.ts";
import { fsdd } from "../../../lib/data/sets/fsdd.ts";
import type { MultiTaskDataset } from "../../../lib/data/dataset.ts";
import { temporaryFolder } from "../_temporary.ts";

const cache = temporaryFolder();
const nowhere = { cache, mirror: null, offline: true, orBuiltIn: true } as const;

/** Share of `test` rows whose nearest class mean of `train` is that of their own class. */
async function nearestMean(
  train: MultiTaskDataset,
  test: MultiTaskDataset,
  input: string,
  target: string,
): Promise<number> {
  const [known, asked] = [train, test].map((set) =>
    set.batch(Array.from({ length: set.size }, (_, at) => at))
  );
  const rows = await known.inputs[input].data();
  const labels = await known.targets[target]!.data();
  const width = rows.length / train.size;
  const classes = Math.max(...labels) + 1;
  const means = Array.from({ length: classes }, () => new Float64Array(width));
  const counts = new Float64Array(classes);
  labels.forEach((label) => counts[label]++);
  for (let row = 0; row < train.size; row++) {
    for (let at = 0; at < width; at++) {
      means[labels[row]][at] += rows[row * width + at] / counts[labels[row]];
    }
  }
  const questions = await asked.inputs[input].data();
  const truth = await asked.targets[target]!.data();
  let right = 0;
  for (let row = 0; row < test.size; row++) {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, at) => sum + (value - questions[row * width + at]) ** 2, 0)
    );
    if (distances.indexOf(Math.min(...distances)) === truth[row]) right++;
  }
  known.dispose();
  asked.dispose();
  return right / test.size;
}

Deno.test("Fashion-MNIST: drawn garments stand in, say so, and can be told apart", async () => {
  const sizes = { train: 400, validation: 10, test: 200, seed: 7 };
  const { train, test } = await fashionMnist({ ...nowhere, ...sizes });
  deepStrictEqual([train.size, test.size], [400, 200]);
  deepStrictEqual(train.inputs.image.shape, [28, 28, 1]);
  strictEqual(train.origin, "generated");
  match(train.description, /^Generated: .* say nothing about Fashion-MNIST\.$/);
  const again = await fashionMnist({ ...nowhere, ...sizes });
  deepStrictEqual(again.train.target("garment").values, train.target("garment").values);
  const share = await nearestMean(train, test, "image", "garment");
  ok(share > 0.5, `nearest mean is right for ${share}`);
});

Deno.test("FSDD: drawn speech stands in, says so, and both tasks can be learned", async () => {
  const { train, validation, test } = await fsdd({ ...nowhere, validation: 300, seed: 7 });
  deepStrictEqual([train.size, validation.size, test.size], [2400, 300, 300]);
  deepStrictEqual(train.inputs.features.shape, [64, 40]);
  strictEqual(train.origin, "generated");
  match(train.description, /^Generated: .* say nothing about FSDD\.$/);
  for (const target of ["digit", "speaker"]) {
    const share = await nearestMean(train, test, "features", target);
    ok(share > 0.4, `nearest mean is right for ${share} of ${target}`);
  }
});
