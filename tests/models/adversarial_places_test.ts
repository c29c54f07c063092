import { deepStrictEqual, ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  adversarialSharedPrivate,
  binary,
  ctc,
  encoders,
  fit,
  forTask,
  MultiTaskDataset,
  optimizers,
  Random,
  segmentation,
  tagging,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const steps = encoders.lstm({ vocabulary: 9, embedding: 3, units: [2], output: "steps" });

testOnBackends("heads on words read shared and private features of each word", async () => {
  const model = adversarialSharedPrivate({
    encoder: steps,
    tasks: [tagging("kinds", { classes: 3 }), ctc("spelling", { symbols: ["a", "b"] })],
    seed: 1,
  }).build({ inputs: { x: [5] } });
  const x = tf.tensor2d([[3, 4, 5, 0, 0], [1, 2, 3, 4, 5]]);
  const outputs = model.outputs({ x });
  deepStrictEqual(outputs.kinds.shape, [2, 5, 3]);
  deepStrictEqual(outputs.spelling.shape, [2, 5, 3]);
  const graph = model.graph()!;
  const both = graph.parts.find(({ id }) => id === "kinds/both")!;
  deepStrictEqual(both.shape, [5, 8]);
  const [shared, own] = [tf.randomNormal([2, 5, 4]), tf.randomNormal([2, 5, 4])];
  const [first, second, joined] = await Promise.all(
    [shared, own, both.apply([shared, own], { training: false })].map(async (tensor) => {
      const values = await tensor.array() as number[][][];
      tensor.dispose();
      return values;
    }),
  );
  joined.forEach((text, row) =>
    text.forEach((word, step) => deepStrictEqual(word, [...first[row][step], ...second[row][step]]))
  );
  const kinds = await forTask(model, "kinds");
  near(await take(kinds.predict({ x })), await take(outputs.kinds), 1e-6);
  kinds.dispose();
  tf.dispose([x, outputs.spelling]);
  model.dispose();
});

testOnBackends(
  "discriminator and overlap look at means over the words that are there",
  async () => {
    const make = (length: number) =>
      adversarialSharedPrivate({
        encoder: steps,
        tasks: [tagging("kinds", { classes: 3 }), tagging("names", { classes: 2 })],
        adversarial: 2,
        orthogonality: 3,
        seed: 1,
      }).build({ inputs: { x: [length] } });
    const texts = [[3, 4, 5], [1, 2, 0], [6, 0, 0]];
    const model = make(3);
    const x = tf.tensor2d(texts);
    const { outputs, penalty } = model.forward({ x }, ["kinds"], { training: true });
    const graph = model.graph()!;
    const valuesOf = (owner: string) =>
      tf.tidy(() => {
        const stage = (name: string, input: tf.Tensor) =>
          graph.parts.find(({ id }) => id === `${owner}/${name}`)!.apply([input], {
            training: true,
          });
        return stage("states 1", stage("words", x));
      });
    const means = await Promise.all(["shared", "kinds"].map(async (owner) => {
      const tensor = valuesOf(owner);
      const values = await tensor.array() as number[][][];
      tensor.dispose();
      return values.map((words, row) => {
        const there = words.filter((_, at) => texts[row][at] > 0);
        return words[0].map((_, unit) =>
          there.reduce((sum, word) => sum + word[unit], 0) / there.length
        );
      });
    }));
    const kernel = await model.namedVariables()
      .find(({ name }) => name === "shared/discriminator/kernel")!.variable.array() as number[][];
    deepStrictEqual([kernel.length, kernel[0].length], [4, 2]);
    const surprise = means[0].reduce((sum, features) => {
      const logits = [0, 1].map((task) =>
        features.reduce((all, value, unit) => all + value * kernel[unit][task], 0)
      );
      return sum + Math.log(Math.exp(logits[0]) + Math.exp(logits[1])) - logits[0];
    }, 0) / 3;
    let overlap = 0;
    for (let one = 0; one < 4; one++) {
      for (let other = 0; other < 4; other++) {
        const product = means[0].reduce((sum, row, at) => sum + row[one] * means[1][at][other], 0);
        overlap += (product / 3) ** 2;
      }
    }
    near(await take(penalty!), [2 * surprise + 3 * overlap]);
    tf.dispose([x, outputs]);
    model.dispose();
  },
);

testOnCpu("pixels keep their places on the way to a head", () => {
  const model = adversarialSharedPrivate({
    encoder: encoders.resNet({ width: 2, blocks: [1, 1], output: "image" }),
    tasks: [segmentation("parts", { classes: 3, height: 8, width: 8 }), binary("bright")],
    seed: 1,
  }).build({ inputs: { image: [8, 8, 1] } });
  const image = tf.ones([2, 8, 8, 1]);
  const { outputs, penalty } = model.forward({ image }, ["parts", "bright"], { training: true });
  deepStrictEqual(outputs.parts.shape.slice(0, 3), [2, 8, 8]);
  const both = model.graph()!.parts.find(({ id }) => id === "parts/both")!;
  deepStrictEqual(both.shape, [4, 4, 8]);
  tf.dispose([image, outputs, penalty!]);
  model.dispose();
});

testOnCpu("taggers with a shared and a private encoder learn", async () => {
  const random = new Random(2);
  const words = Int32Array.from(
    { length: 24 * 5 },
    (_, at) => at % 5 < 4 ? 1 + random.integer(8) : 0,
  );
  const tags = (of: (word: number) => number) => ({
    values: words.map((word) => word === 0 ? -1 : of(word)),
    shape: [5],
  });
  const data = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.from(words), shape: [5] } },
    targets: { kinds: tags((word) => word % 3), names: tags((word) => Number(word > 4)) },
  });
  const model = adversarialSharedPrivate({
    encoder: steps,
    tasks: [tagging("kinds", { classes: 3 }), tagging("names", { classes: 2 })],
    seed: 1,
  });
  const history = await fit(model, data, {
    epochs: 15,
    batchSize: 8,
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    observer: false,
  });
  for (const task of ["kinds", "names"] as const) {
    const [first, last] = [history.epochs[0], history.last!].map(({ train }) => train[task].loss);
    ok(last < 0.7 * first, `${task}: ${first} -> ${last}`);
  }
  model.dispose();
});
