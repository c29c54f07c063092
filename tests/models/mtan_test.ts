import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  classification,
  encoders,
  forTask,
  graphArchitecture,
  loadModel,
  modelDiagram,
  mtan,
  MultiTaskModel,
  regression,
  saveModel,
  summary,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const make = () => mtan({ encoder, tasks, seed: 1 }).build({ inputs: { point: [3] } });

testOnBackends("MTAN agrees with its formula, with one g for all tasks", async () => {
  const model = make();
  const variables = new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
  const point = tf.randomNormal([5, 3], 0, 1, "float32", 4);
  const line = (x: tf.Tensor, name: string) =>
    tf.matMul(x as tf.Tensor2D, variables.get(`${name}/kernel`) as tf.Tensor as tf.Tensor2D)
      .add(variables.get(`${name}/bias`)!);
  const outputs = model.outputs({ point });
  for (const { name } of tasks) {
    const expected = tf.tidy(() => {
      const mask = (x: tf.Tensor, stage: string) =>
        line(
          line(x, `task ${name}/mask ${stage}/first`).relu(),
          `task ${name}/mask ${stage}/second`,
        )
          .sigmoid();
      const first = line(point, "shared/dense 1/2 dense").relu();
      const second = line(first, "shared/dense 2").relu();
      const picked = first.mul(mask(first, "dense 1"));
      const brought = line(picked, "shared/picked/dense 2").relu();
      const end = second.mul(mask(tf.concat([second, brought], 1), "dense 2"));
      return line(end, `task ${name}/head`);
    });
    near(await take(outputs[name]), await take(expected));
  }
  point.dispose();
  model.dispose();
});

testOnCpu("MTAN on LeNet: parameters by hand, in counts, summary and picture", async () => {
  const digits = ["left", "right"] as const;
  const model = mtan({
    encoder: encoders.leNet(),
    tasks: digits.map((name) => classification(name, { classes: 10 })),
  }).build({ inputs: { image: [36, 36, 1] } });
  const [conv1, conv2, dense] = [25 * 10 + 10, 25 * 10 * 20 + 20, 720 * 50 + 50];
  const masks = (10 * 10 + 10) * 2 + (40 * 20 + 20) + (20 * 20 + 20) + (100 * 50 + 50) +
    (50 * 50 + 50);
  const shared = conv1 + 2 * (conv2 + dense), own = masks + 510;
  deepStrictEqual(model.parameterCounts(), {
    shared,
    byTask: { left: own, right: own },
    total: shared + 2 * own,
  });
  const { rows, total, byTask } = await summary(model);
  strictEqual(total.parameters, shared + 2 * own);
  // Each task sees g, wherever it is counted.
  for (const name of digits) strictEqual(byTask[name].parameters, shared + own);
  strictEqual(byTask.left.flops, byTask.right.flops);
  const again = rows.find(({ part }) => part === "shared/picked by right/dense")!;
  deepStrictEqual(
    [again.parameters, again.variablesOf, again.tasks],
    [0, "shared/picked by left/dense", ["right"]],
  );
  const picture = modelDiagram(model.structure()).svg();
  ok(picture.includes("picked by right") && picture.includes("the same"));
  model.dispose();
});

testOnBackends("the losses of both tasks train g, and a saved MTAN loads to the bit", async () => {
  const model = make();
  const kernel = model.namedVariables().find(({ name }) =>
    name === "shared/picked/dense 2/kernel"
  )!;
  const point = tf.randomNormal([5, 3], 0, 1, "float32", 4);
  for (const { name } of tasks) {
    const { value, grads } = tf.variableGrads(() =>
      model.outputs({ point }, [name])[name].square().sum() as tf.Scalar
    );
    ok((await grads[kernel.variable.name].data()).some((slope) => slope !== 0), name);
    tf.dispose([value, grads]);
  }
  const folder = await mkdtemp(join(tmpdir(), "polytask-mtan-"));
  try {
    await saveModel(model, folder);
    const loaded = await loadModel(folder);
    const [ours, theirs] = [model.outputs({ point }), loaded.outputs({ point })];
    for (const { name } of tasks) {
      deepStrictEqual(await take(theirs[name]), await take(ours[name]));
    }
    loaded.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
  point.dispose();
  model.dispose();
});

testOnBackends(
  "MTAN cut down to a task keeps g, also to the task that does not count it",
  async () => {
    const model = make();
    const point = tf.randomNormal([5, 3], 0, 1, "float32", 4);
    const whole = model.outputs({ point });
    const sizes: number[] = [];
    for (const { name } of tasks) {
      const one = await forTask(model, name);
      near(await take(one.predict({ point })), await take(whole[name]), 1e-6);
      sizes.push(one.parameters);
      one.dispose();
    }
    // The heads have 2 and 1 outputs on 4 features.
    strictEqual(sizes[0] - sizes[1], 5);
    point.dispose();
    model.dispose();
  },
);

testOnCpu("a part cannot be used again on another shape", () => {
  const model = new MultiTaskModel(
    graphArchitecture({
      name: "under test",
      trunk: { encoder },
      build(graph) {
        const [first, second] = graph.stages(encoder.stages, graph.source);
        for (const task of graph.tasks) graph.head(task, second);
        graph.again(first, [second], { name: "again" });
      },
    }),
    tasks,
  );
  throws(
    () => model.build({ inputs: { point: [3] } }),
    /"shared\/dense 1" reads \[3\]; once more it cannot read \[4\]/,
  );
});
