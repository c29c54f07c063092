import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  aitm,
  binary,
  encoders,
  esmm,
  hardSharing,
  type MultiTaskModel,
  readMixing,
  regression,
  type Task,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const tasks = [
  regression("stars"),
  binary("bought"),
  binary("clicked", { hidden: [3] }),
  binary("kept"),
] as const;
const funnel = ["clicked", "bought", "kept"] as const;
const encoder = encoders.mlp({ units: [4] });
const inputs = { x: [3] };

/** An ESMM on two events whose heads give the logits `x` themselves. */
function bareChain() {
  const model = esmm({
    encoder: encoders.encoder("nothing", [{ name: "nothing", layers: [] }]),
    tasks: [binary("first"), binary("second"), binary("third")],
  }).build({ inputs: { x: [3] } });
  model.namedVariables().filter(({ name }) => name.endsWith("kernel")).forEach(
    ({ variable }, at) => tf.tidy(() => variable.assign(tf.oneHot([at], 3).toFloat().transpose())),
  );
  return model;
}

testOnBackends("ESMM's probabilities are the products of those of its heads", async () => {
  const model = bareChain();
  const rows = [[0, 0, 0], [1, -2, 0.5], [3, 4, -1], [-6, 2, 2]];
  const x = tf.tensor2d(rows);
  const { first, second, third } = model.outputs({ x });
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const chances = await Promise.all([first, second, third].map(take));
  for (const [at, [a, b, c]] of rows.entries()) {
    near(chances.map((logits) => sigmoid(logits[at])), [
      sigmoid(a),
      sigmoid(a) * sigmoid(b),
      sigmoid(a) * sigmoid(b) * sigmoid(c),
    ], 1e-6);
  }
  x.dispose();
  model.dispose();
});

testOnBackends(
  "ESMM's logits and gradients stay right where probabilities round to 0 or 1",
  async () => {
    const model = bareChain();
    const x = tf.tensor2d([[80, 60, 90], [-90, 50, 0], [-70, -80, 0], [40, 1, 0]]);
    const { second, first, third } = model.outputs({ x });
    // 1 - p is about the largest of exp(-80) and exp(-60); p is exp(-90); exp(-150); sigmoid(1).
    near(await take(second), [60, -90, -150, 1], 1e-5);
    const { value, grads } = tf.variableGrads(() => {
      const { outputs } = model.forward({ x }, ["third"], { training: false });
      return outputs.third.sum() as tf.Scalar;
    });
    for (const gradient of Object.values(grads)) {
      const values = await take(gradient);
      ok(values.every(Number.isFinite), `${values}`);
    }
    tf.dispose([x, first, third, value]);
    model.dispose();
  },
);

testOnCpu("ESMM: the funnel's order is that of its names, other tasks have plain heads", () => {
  const model = esmm({ encoder, tasks, funnel }).build({ inputs });
  const parts = new Map(model.structure().parts.map((part) => [part.id, part]));
  deepStrictEqual(parts.get("kept/kept chained")!.from, [
    "shared/clicked",
    "shared/bought",
    "kept/kept",
  ]);
  deepStrictEqual(parts.get("shared/bought chained")!.from, ["shared/clicked", "shared/bought"]);
  deepStrictEqual(parts.get("stars/stars")!.from, ["shared/dense 1"]);
  strictEqual(model.taskVariables("clicked").length, 0);
  strictEqual(model.taskVariables("kept").length, 2);
  model.dispose();
});

/** Makes the second event the likelier one, so that the calibrator has something to do. */
function raiseSecond(model: MultiTaskModel<readonly Task[]>): void {
  const bias = model.namedVariables().find(({ name }) => name === "task second/head/bias")!;
  tf.tidy(() => bias.variable.assign(tf.ones([1])));
}

testOnBackends("AITM: attention by hand, and a calibrator for events out of order", async () => {
  const model = aitm({
    encoder: encoders.encoder("nothing", [{ name: "nothing", layers: [] }]),
    tasks: [binary("first"), binary("second")],
    units: 2,
    calibrator: 0.5,
    seed: 3,
  }).build({ inputs: { x: [2] } });
  raiseSecond(model);
  const variables = new Map(
    await Promise.all(
      model.namedVariables().map(async ({ name, variable }) =>
        [name, await variable.array() as number[][]] as const
      ),
    ),
  );
  const times = (row: readonly number[], name: string) =>
    variables.get(`${name}`)![0].map((_, at) =>
      row.reduce((sum, value, from) => sum + value * variables.get(name)![from][at], 0)
    );
  const relu = (row: readonly number[]) => row.map((value) => Math.max(0, value));
  const row = [0.7, -1.3];
  const first = relu(times(row, "shared/first/tower/kernel"));
  const own = relu(times(row, "task second/second/tower/kernel"));
  const handedOn = relu(times(first, "task second/second/transfer/kernel"));
  const place = "task second/second attention";
  const powers = [handedOn, own].map((u) => {
    const [key, query] = ["key", "query"].map((name) => times(u, `${place}/${name}`));
    return Math.exp((key[0] * query[0] + key[1] * query[1]) / Math.sqrt(2));
  });
  const share = powers.map((power) => power / (powers[0] + powers[1]));
  const [v1, v2] = [handedOn, own].map((u) => times(u, `${place}/value`));
  const mixed = v1.map((value, at) => share[0] * value + share[1] * v2[at]);
  const logits = [
    times(first, "task first/head/kernel")[0],
    1 + times(mixed, "task second/head/kernel")[0],
  ];
  const x = tf.tensor2d([row, row]);
  const { outputs, penalty } = model.forward({ x }, ["first", "second"], { training: true });
  near(await take(outputs.first), [logits[0], logits[0]]);
  near(await take(outputs.second), [logits[1], logits[1]]);
  const [before, after] = logits.map((z) => 1 / (1 + Math.exp(-z)));
  ok(after > before);
  near(await take(penalty!), [0.5 * Math.max(0, after - before)]);
  const [reading] = await readMixing(model, { x });
  near(reading.weights, share);
  deepStrictEqual(reading.of, ["handed on", "own"]);
  x.dispose();
  model.dispose();
});

testOnBackends("AITM's calibrator alone puts the events in order", async () => {
  const model = aitm({ encoder, tasks: [binary("first"), binary("second")], seed: 1 })
    .build({ inputs });
  raiseSecond(model);
  const x = tf.randomNormal([16, 3], 0, 1, "float32", 1);
  const optimizer = tf.train.adam(0.02);
  const excess = async () => {
    const { outputs, penalty } = model.forward({ x }, ["first", "second"], { training: true });
    tf.dispose(outputs);
    return (await take(penalty!))[0];
  };
  const before = await excess();
  ok(before > 0);
  for (let step = 0; step < 80; step++) {
    optimizer.minimize(
      () => {
        const { outputs, penalty } = model.forward({ x }, ["first", "second"], { training: true });
        tf.dispose(outputs);
        return penalty!;
      },
      false,
      [...model.sharedVariables(), ...model.taskVariables("second")],
    );
  }
  ok(await excess() < before / 10);
  optimizer.dispose();
  x.dispose();
  model.dispose();
});

testOnCpu("a funnel that cannot be is refused in a sentence", () => {
  const build = (names: readonly string[]) => () =>
    esmm({ encoder, tasks: tasks as readonly typeof tasks[number][], funnel: names as never })
      .build({ inputs });
  throws(build(["clicked"]), /at least two tasks, but has 1/);
  throws(build(["clicked", "clicked"]), /has "clicked" twice/);
  throws(build(["clicked", "sold"]), /names "sold", which is no task/);
  throws(build(["clicked", "stars"]), /"stars" is regression/);
  throws(() => aitm({ encoder, tasks }).build({ inputs }), /"stars" is regression/);
  throws(() => aitm({ encoder, tasks, calibrator: -1 }), /calibrator must be from 0/);
  throws(() => aitm({ encoder, tasks, units: 0 }), /units must be a whole number from 1/);
});

testOnBackends("a funnel's first event has the output of hard sharing", async () => {
  const hard = hardSharing({ encoder, tasks, seed: 1 }).build({ inputs });
  const model = esmm({ encoder, tasks, funnel, seed: 2 }).build({ inputs });
  const source = new Map(hard.namedVariables().map(({ name, variable }) => [name, variable]));
  for (const { name, variable } of model.namedVariables()) {
    variable.assign(source.get(name.replace(/^shared\/(clicked|bought)/, "task $1"))!);
  }
  const x = tf.randomNormal([5, 3], 0, 1, "float32", 2);
  const [ours, theirs] = [model.outputs({ x }), hard.outputs({ x })];
  near(await take(ours.clicked), await take(theirs.clicked), 1e-6);
  near(await take(ours.stars), await take(theirs.stars), 1e-6);
  tf.dispose([x, ours.bought, ours.kept, theirs.bought, theirs.kept]);
  hard.dispose();
  model.dispose();
});
