import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  encoders,
  forTask,
  layers,
  type MultiTaskModel,
  readMixing,
  sluice,
  tagging,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { perturb } from "./_perturb.ts";

const tasks = [binary("rain"), binary("wind")] as const;

/** The values of all parts by id, as nested arrays. */
async function valuesOf(model: MultiTaskModel, x: tf.Tensor): Promise<Map<string, unknown>> {
  const known = new Map<string, tf.Tensor>([["input x", x]]);
  for (const { id, from, apply } of model.graph()!.parts.slice(1)) {
    known.set(id, apply(from.map((each) => known.get(each)!), { training: false }));
  }
  known.delete("input x");
  const values = await Promise.all(
    [...known].map(async ([id, value]) => [id, await value.array()] as const),
  );
  tf.dispose([...known.values()]);
  return new Map<string, unknown>(values);
}

function setBetas(model: MultiTaskModel, task: string, betas: readonly number[]): void {
  const { variable } = model.namedVariables()
    .find(({ name }) => name === `task ${task}/skip/weights`)!;
  const values = tf.tensor2d([...betas], [betas.length, 1]);
  variable.assign(values);
  values.dispose();
}

async function kernelOf(model: MultiTaskModel, name: string): Promise<number[][]> {
  return await model.namedVariables().find((each) => each.name === name)!.variable
    .array() as number[][];
}

const through = (row: readonly number[], kernel: readonly (readonly number[])[]) =>
  kernel[0].map((_, at) => row.reduce((sum, value, from) => sum + value * kernel[from][at], 0));

const meanOf = (rows: readonly (readonly number[])[]) =>
  rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at], 0) / rows.length);

testOnCpu("every trunk of two or more stages has a mix of all of them", async () => {
  const vocabulary = 9;
  const trunks: [encoders.Encoder, number[]][] = [
    [encoders.mlp({ units: [6, 4] }), [3]],
    [encoders.leNet({ units: 8 }), [16, 16, 1]],
    [encoders.smallCnn({ filters: [4, 6], units: 8 }), [8, 8, 1]],
    [encoders.resNet({ width: 2, blocks: [1, 1] }), [8, 8, 1]],
    [encoders.audioCnn({ filters: [4, 6], units: 8 }), [16, 4]],
    [encoders.crnn({ filters: [4, 6], units: 4 }), [16, 4]],
    [encoders.textCnn({ vocabulary, embedding: 4, filters: 4 }), [6]],
    [encoders.lstm({ vocabulary, embedding: 4, units: [3, 4] }), [6]],
    [encoders.transformer({ vocabulary, units: 4, heads: 2, blocks: 1 }), [6]],
  ];
  for (const [encoder, shape] of trunks) {
    const model = sluice({ encoder, tasks, seed: 1 }).build({ inputs: { x: shape } });
    const x = tf.ones([2, ...shape]);
    for (const { part, weights } of await readMixing(model, { x })) {
      if (!part.endsWith("/skip")) continue;
      const { length } = encoder.stages;
      near(weights, encoder.stages.map((_, at) => at + 1 === length ? 0.9 : 0.1 / (length - 1)));
    }
    strictEqual(
      model.graph()!.parts.filter(({ id }) => id.endsWith("/skip")).length,
      2,
      encoder.name,
    );
    x.dispose();
    model.dispose();
  }
  const single = sluice({ encoder: encoders.mlp({ units: [4] }), tasks })
    .build({ inputs: { x: [3] } });
  ok(!single.graph()!.parts.some(({ id }) => id.endsWith("/skip")));
  single.dispose();
});

testOnBackends("β mixes stages of unlike shapes: means over places, projected", async () => {
  const model = sluice({
    encoder: encoders.smallCnn({ filters: [4, 6], units: 8 }),
    tasks,
    seed: 1,
  }).build({ inputs: { x: [4, 4, 1] } });
  perturb(model);
  const betas = [0.5, -0.25, 2];
  setBetas(model, "rain", betas);
  const x = tf.randomNormal([2, 4, 4, 1], 0, 1, "float32", 3);
  const values = await valuesOf(model, x);
  const kernels = await Promise.all(
    ["conv 1", "conv 2"].map((stage) => kernelOf(model, `task rain/skip of ${stage}/kernel`)),
  );
  const after = ["conv 1", "conv 2"].map((stage) =>
    values.get(`shared/sluice ${stage} to rain`) as number[][][][]
  );
  const end = values.get("shared/sluice dense to rain") as number[][];
  const expected = end.map((row, at) => {
    const stages = after.map((images, stage) => through(meanOf(images[at].flat()), kernels[stage]));
    return row.map((value, unit) =>
      betas[0] * stages[0][unit] + betas[1] * stages[1][unit] + betas[2] * value
    );
  });
  near((values.get("rain/skip") as number[][]).flat(), expected.flat());
  const head = await kernelOf(model, "task rain/head/kernel");
  const [bias] = await take(
    tf.tidy(() =>
      model.namedVariables().find(({ name }) => name === "task rain/head/bias")!.variable.clone()
    ),
  );
  const outputs = model.outputs({ x });
  near(await take(outputs.rain), expected.map((row) => through(row, head)[0] + bias), 1e-4);
  // What is mixed survives the cut to one task, and is gone where its weight is 0.
  for (const some of [betas, [0, 0, 1]]) {
    setBetas(model, "rain", some);
    const whole = model.outputs({ x });
    const rain = await forTask(model, "rain");
    near(await take(rain.predict({ x })), await take(whole.rain), 1e-6);
    tf.dispose([whole.wind]);
    rain.dispose();
  }
  tf.dispose([x, outputs.wind]);
  model.dispose();
});

testOnBackends("β on texts: means over the words that are there; padding stays 0", async () => {
  const texts = [[3, 4, 0], [5, 6, 7]];
  const x = tf.tensor2d(texts);
  const pooled = sluice({
    encoder: encoders.lstm({ vocabulary: 9, embedding: 4, units: [3] }),
    tasks,
    seed: 1,
  }).build({ inputs: { x: [3] } });
  setBetas(pooled, "wind", [0.5, 3, 1]);
  const values = await valuesOf(pooled, x);
  const kernel = await kernelOf(pooled, "task wind/skip of words/kernel");
  const words = values.get("shared/sluice words to wind") as number[][][];
  const states = values.get("shared/sluice states 1 to wind") as number[][][];
  const end = values.get("shared/sluice pool to wind") as number[][];
  const there = (rows: readonly number[][], at: number) =>
    rows.filter((_, step) => texts[at][step] > 0);
  near(
    (values.get("wind/skip") as number[][]).flat(),
    end.flatMap((row, at) => {
      const first = through(meanOf(there(words[at], at)), kernel);
      const second = meanOf(there(states[at], at));
      return row.map((value, unit) => 0.5 * first[unit] + 3 * second[unit] + value);
    }),
  );
  pooled.dispose();
  const steps = sluice({
    encoder: encoders.lstm({ vocabulary: 9, embedding: 4, units: [3], output: "steps" }),
    tasks: [tagging("kinds", { classes: 3 }), tagging("names", { classes: 2 })],
    seed: 1,
  }).build({ inputs: { x: [3] } });
  setBetas(steps, "kinds", [2, 1]);
  const found = (await valuesOf(steps, x)).get("kinds/skip") as number[][][];
  deepStrictEqual(found[0][2].map(Math.abs), [0, 0, 0, 0, 0, 0]);
  ok(found[0][0].some((value) => value !== 0));
  x.dispose();
  steps.dispose();
});

testOnBackends("stages of more steps are averaged, those of fewer repeated", async () => {
  const identity = (name: string) => ({ name, layers: [] });
  for (
    const [first, second, shares] of [
      // From six steps to three, from seven to three, and from two to three.
      [6, 3, [[0, 1], [2, 3], [4, 5]]],
      [7, 3, [[0, 1, 2], [2, 3, 4], [4, 5, 6]]],
      [2, 3, [[0], [0, 1], [1]]],
    ] as [number, number, number[][]][]
  ) {
    const encoder = encoders.encoder("steps", [
      identity("first"),
      {
        name: "second",
        layers: [
          layers.reshape({ shape: [first * 2] }),
          layers.dense({ units: second * 2 }),
          layers.reshape({ shape: [second, 2] }),
        ],
      },
    ]);
    const model = sluice({ encoder, tasks, seed: 1 }).build({ inputs: { x: [first, 2] } });
    setBetas(model, "rain", [1, 0]);
    const x = tf.randomNormal([2, first, 2], 0, 1, "float32", 5);
    const values = await valuesOf(model, x);
    const before = values.get("shared/sluice first to rain") as number[][][];
    near(
      (values.get("rain/skip") as number[][][]).flat(2),
      before.flatMap((steps) => shares.flatMap((some) => meanOf(some.map((at) => steps[at])))),
    );
    x.dispose();
    model.dispose();
  }
});

testOnBackends("the penalty is ‖S₁ᵀ S₂‖² of what the stages give before α", async () => {
  const model = sluice({
    encoder: encoders.mlp({ units: [6, 4] }),
    tasks,
    orthogonality: 0.5,
    own: 0.4,
    seed: 1,
  }).build({ inputs: { x: [3] } });
  perturb(model);
  const x = tf.randomNormal([5, 3], 0, 1, "float32", 6);
  const values = await valuesOf(model, x);
  const norm = (rows: readonly (readonly number[])[]) => {
    const half = rows[0].length / 2;
    let sum = 0;
    for (let one = 0; one < half; one++) {
      for (let other = half; other < 2 * half; other++) {
        sum += (rows.reduce((all, row) => all + row[one] * row[other], 0) / rows.length) ** 2;
      }
    }
    return sum;
  };
  const expected = (names: readonly string[]) =>
    0.5 *
    names.flatMap((name) =>
      ["dense 1", "dense 2"].map((stage) =>
        norm(values.get(`shared/${name}/${stage}`) as number[][])
      )
    ).reduce((sum, term) => sum + term);
  for (const asked of [["rain"], ["rain", "wind"]] as ("rain" | "wind")[][]) {
    const { outputs, penalty } = model.forward({ x }, asked, { training: true });
    near(await take(penalty!), [expected(asked)]);
    tf.dispose(outputs);
  }
  // α has no part in it.
  const { value, grads } = tf.variableGrads(() => {
    const { outputs, penalty } = model.forward({ x }, ["rain", "wind"], { training: true });
    tf.dispose(outputs);
    return penalty!;
  });
  const last = model.namedVariables()
    .filter(({ name }) => name.startsWith("shared/sluice dense 2"));
  strictEqual(last.length, 2);
  for (const { variable } of last) {
    const gradient = grads[variable.name];
    ok(!gradient || (await gradient.data()).every((slope) => slope === 0));
  }
  tf.dispose([x, value, grads]);
  model.dispose();
});

testOnBackends("padding does not count in the penalty", async () => {
  const penalties: number[] = [];
  for (const length of [3, 6]) {
    const model = sluice({
      encoder: encoders.lstm({ vocabulary: 9, embedding: 4, units: [2], output: "steps" }),
      tasks: [tagging("kinds", { classes: 3 }), tagging("names", { classes: 2 })],
      orthogonality: 1,
      seed: 1,
    }).build({ inputs: { x: [length] } });
    const rows = [[3, 4, 0], [5, 6, 7]].map((row) => [...row, ...new Array(length - 3).fill(0)]);
    const x = tf.tensor2d(rows);
    const { outputs, penalty } = model.forward({ x }, model.taskNames, { training: true });
    penalties.push(...await take(penalty!));
    tf.dispose([x, outputs]);
    model.dispose();
  }
  ok(penalties[0] > 0);
  near([penalties[1] / penalties[0]], [1]);
});
