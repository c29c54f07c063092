import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  cgc,
  dselectK,
  encoders,
  forTask,
  hardSharing,
  mmoe,
  type MultiTaskModel,
  omoe,
  ple,
  readMixing,
  regression,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const tasks = [binary("income", { hidden: [3] }), regression("hours")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const inputs = { x: [5] };

/** Values by variable name. */
function weightsOf(model: MultiTaskModel): Map<string, tf.Variable> {
  return new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
}

/** Gives the variables of one model the values of another, by name. */
function copyWeights(
  from: MultiTaskModel,
  to: MultiTaskModel,
  nameIn: (name: string) => string,
): void {
  const source = weightsOf(from);
  for (const [name, variable] of weightsOf(to)) variable.assign(source.get(nameIn(name))!);
}

async function sameOutputs(one: MultiTaskModel, other: MultiTaskModel): Promise<void> {
  const x = tf.randomNormal([7, 5], 0, 1, "float32", 3);
  const [ours, theirs] = [one.outputs({ x }), other.outputs({ x })];
  for (const { name } of tasks) near(await take(ours[name]), await take(theirs[name]), 1e-6, name);
  x.dispose();
}

testOnBackends("MMoE and OMoE with one expert are hard sharing", async () => {
  const hard = hardSharing({ encoder, tasks, seed: 1 }).build({ inputs });
  for (const make of [mmoe, omoe]) {
    const one = make({ encoder, tasks, experts: { count: 1 }, seed: 2 }).build({ inputs });
    copyWeights(one, hard, (name) => name.replace("shared/", "shared/expert 1/"));
    await sameOutputs(one, hard);
    one.dispose();
  }
  hard.dispose();
});

testOnBackends("CGC and PLE without shared experts are one network a task", async () => {
  const networks = tasks.map((task) =>
    hardSharing({ encoder, tasks: [task], seed: 1 }).build({ inputs })
  );
  const experts = { shared: 0, own: 1 };
  const models = [
    {
      model: cgc({ encoder, tasks, experts, seed: 2 }).build({ inputs }),
      place: (task: string) => () => `task ${task}/${task} expert 1/`,
    },
    {
      model: ple({ encoder, tasks, experts, seed: 2 }).build({ inputs }),
      place: (task: string) => (level: string) => `task ${task}/level ${level} ${task} expert 1/`,
    },
  ];
  const x = tf.randomNormal([7, 5], 0, 1, "float32", 3);
  for (const { model, place } of models) {
    strictEqual(model.sharedVariables().length, 0);
    const outputs = model.outputs({ x });
    for (const [at, { name }] of tasks.entries()) {
      copyWeights(
        model,
        networks[at],
        (variable) => variable.replace(/^shared\/(?=dense (\d))/, (_, level) => place(name)(level)),
      );
      const alone = networks[at].outputs({ x }) as Record<string, tf.Tensor>;
      near(await take(outputs[name]), await take(alone[name]), 1e-6, name);
    }
    model.dispose();
  }
  x.dispose();
  networks.forEach((network) => network.dispose());
});

testOnBackends("a gate mixes its experts by the softmax of its own logits", async () => {
  const model = mmoe({
    encoder: encoders.mlp({ units: [2] }),
    experts: { count: 3 },
    tasks: [regression("a"), regression("b")],
    seed: 4,
  }).build({ inputs: { x: [2] } });
  const values = new Map(
    await Promise.all(
      [...weightsOf(model)].map(async ([name, variable]) =>
        [name, await variable.array() as number[][]] as const
      ),
    ),
  );
  const row = [0.5, -2];
  const times = (kernel: readonly (readonly number[])[], input: readonly number[]) =>
    kernel[0].map((_, at) => input.reduce((sum, value, from) => sum + value * kernel[from][at], 0));
  const experts = [1, 2, 3].map((at) =>
    times(values.get(`shared/expert ${at}/dense 1/2 dense/kernel`)!, row)
      .map((value) => Math.max(0, value))
  );
  const x = tf.tensor2d([row]);
  const outputs = model.outputs({ x });
  const readings = await readMixing(model, { x });
  for (const [at, task] of (["a", "b"] as const).entries()) {
    const powers = times(values.get(`task ${task}/gate/kernel`)!, row).map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power);
    const weights = powers.map((power) => power / total);
    near(readings[at].weights, weights);
    deepStrictEqual(readings[at].of, ["expert 1", "expert 2", "expert 3"]);
    strictEqual(readings[at].owner, task);
    const mixed = [0, 1].map((unit) =>
      experts.reduce((sum, expert, which) => sum + weights[which] * expert[unit], 0)
    );
    near(await take(outputs[task]), times(values.get(`task ${task}/head/kernel`)!, mixed));
  }
  x.dispose();
  model.dispose();
});

testOnCpu("experts may stand on a trunk that all share", () => {
  const model = mmoe({
    encoder: encoders.smallCnn({ filters: [4], units: 6 }),
    experts: { count: 2, encoder: encoders.mlp({ units: [3] }) },
    tasks,
  }).build({ inputs: { x: [8, 8, 1] } });
  const { parts } = model.structure();
  const gate = parts.find(({ id }) => id === "income/gate")!;
  const trunk = parts.find(({ id }) => id === gate.from[0])!;
  deepStrictEqual(trunk.shape, [6]);
  deepStrictEqual(gate.from.slice(1), ["shared/expert 1/dense 1", "shared/expert 2/dense 1"]);
  // Two experts of 6 × 3 + 3, gates of 6 × 2, heads of 3 × 3 + 3 + 3 + 1 and 3 + 1.
  const { byTask } = model.parameterCounts();
  deepStrictEqual(byTask, { income: 12 + 16, hours: 12 + 4 });
  model.dispose();
});

testOnCpu("PLE: who reads what, and whose it is", () => {
  const model = ple({
    encoder: encoders.mlp({ units: [6, 5, 4] }),
    experts: { shared: 1, own: 1 },
    tasks,
  }).build({ inputs });
  const parts = new Map(model.structure().parts.map((part) => [part.id, part]));
  const reads = (id: string) => parts.get(id)!.from;
  // The gate of a task: its own level's input, own and shared experts.
  deepStrictEqual(reads("hours/level 2 gate"), [
    "shared/level 1 hours gate",
    "shared/level 2 hours expert 1/dense 2",
    "shared/level 2 shared expert 1/dense 2",
  ]);
  // The shared gate: all experts, below the top level only.
  deepStrictEqual(reads("shared/level 2 shared gate"), [
    "shared/level 1 shared gate",
    "shared/level 2 income expert 1/dense 2",
    "shared/level 2 hours expert 1/dense 2",
    "shared/level 2 shared expert 1/dense 2",
  ]);
  strictEqual(parts.has("shared/level 3 shared gate"), false);
  deepStrictEqual(reads("shared/level 3 shared expert 1/dense 3"), ["shared/level 2 shared gate"]);
  // What only the losses of one task reach is its own.
  deepStrictEqual(reads("income/level 3 gate"), [
    "income/level 2 gate",
    "income/level 3 income expert 1/dense 3",
    "shared/level 3 shared expert 1/dense 3",
  ]);
  model.dispose();
});

/** A DSelect-k gate with given numbers for the task "a"; the weights of its experts. */
async function selectedWeights(
  z: readonly (readonly number[])[],
  mix: readonly number[],
  experts: number,
  gamma = 1,
): Promise<readonly number[]> {
  const model = dselectK({
    encoder: encoders.mlp({ units: [2] }),
    experts: { count: experts },
    selectors: z.length,
    gamma,
    tasks: [regression("a")],
  }).build({ inputs: { x: [2] } });
  const variables = weightsOf(model);
  const tensors = [tf.tensor2d(z.map((row) => [...row])), tf.tensor1d([...mix])];
  variables.get("task a/gate/z")!.assign(tensors[0]);
  variables.get("task a/gate/mix")!.assign(tensors[1]);
  const x = tf.ones([1, 2]);
  const [{ weights }] = await readMixing(model, { x });
  tf.dispose([...tensors, x]);
  model.dispose();
  return weights;
}

testOnBackends("DSelect-k: smooth step and weights are those of the formulas", async () => {
  const steps = [[-0.5, 0], [-0.25, 0.15625], [0, 0.5], [0.25, 0.84375], [0.5, 1], [3, 1], [-9, 0]];
  for (const [t, step] of steps) {
    near(await selectedWeights([[t]], [0], 2), [1 - step, step], 1e-7, `S(${t})`);
    near(await selectedWeights([[4 * t]], [0], 2, 4), [1 - step, step], 1e-7, `S(${t}), γ = 4`);
  }
  near(
    await selectedWeights([[0.25, -0.25], [0.5, 0.5]], [0, Math.log(3)], 4),
    [0.03295898, 0.00610352, 0.17797852, 0.78295898],
    1e-7,
  );
});

testOnBackends("DSelect-k cut down to the experts with a weight gives the same", async () => {
  const model = dselectK({ encoder, experts: { count: 4 }, tasks, seed: 1 }).build({ inputs });
  const z = tf.tensor2d([[0.5, -0.5], [0.7, 0.2]]);
  weightsOf(model).get("task hours/gate/z")!.assign(z);
  const gate = model.graph()!.parts.find(({ id }) => id === "hours/gate")!;
  const less = await gate.simplify!();
  deepStrictEqual(less.from, ["shared/expert 3/dense 2", "shared/expert 4/dense 2"]);
  const values = gate.from.map((_, at) => tf.randomNormal([3, 4], 0, 1, "float32", at));
  const context = { training: false };
  near(
    await take(less.apply(values.slice(2), context)),
    await take(gate.apply(values, context)),
    1e-6,
  );
  tf.dispose([z, values]);
  model.dispose();
});

testOnBackends("one task of DSelect-k keeps what it selected, and no other expert", async () => {
  const model = dselectK({ encoder, experts: { count: 4 }, tasks, seed: 1 }).build({ inputs });
  const z = tf.tensor2d([[0.6, -0.6], [0.5, -0.5]]);
  weightsOf(model).get("task hours/gate/z")!.assign(z);
  const x = tf.randomNormal([3, 5], 0, 1, "float32", 1);
  const hours = await forTask(model, "hours");
  const whole = model.outputs({ x });
  near(await take(hours.predict({ x })), await take(whole.hours), 1e-6);
  // One expert of 5 × 6 + 6 + 6 × 4 + 4, a head of 4 + 1, and the weight of the expert.
  ok(hours.parameters >= 64 + 5 && hours.parameters < 64 + 5 + 4, `${hours.parameters}`);
  tf.dispose([z, x, whole.income]);
  hours.dispose();
  model.dispose();
});

testOnBackends(
  "DSelect-k: entropy and reach are added in training, for the tasks present",
  async () => {
    const penaltyOf = async (experts: number, perExample: boolean, asked: readonly string[]) => {
      const model = dselectK({
        encoder,
        experts: { count: experts },
        selectors: 2,
        perExample,
        entropy: 0.1,
        reach: 3,
        tasks,
      }).build({ inputs });
      for (const [name, variable] of weightsOf(model)) {
        const value = name.endsWith("gate/z") ? 0.1 : 0;
        if (name.includes("/gate/")) tf.tidy(() => variable.assign(tf.fill(variable.shape, value)));
      }
      const x = tf.ones([4, 5]);
      const { outputs, penalty } = model.forward({ x }, asked, { training: true });
      const [value] = await take(penalty!);
      const evaluated = model.forward({ x }, asked, { training: false });
      strictEqual(evaluated.penalty, undefined);
      tf.dispose([outputs, evaluated.outputs, x]);
      model.dispose();
      return value;
    };
    const one = 0.1 * (1.5 - 2 * 0.01) + 0.5;
    const codes = [[0, 0], [0, 1], [1, 0], [1, 1]]
      .map((code) => code.reduce((product, digit) => product * (digit ? one : 1 - one), 1));
    const entropyOf = (weights: readonly number[]) =>
      -weights.reduce((sum, weight) => sum + weight * Math.log(weight), 0);
    const reached = codes[0] + codes[1] + codes[2];
    for (const perExample of [false, true]) {
      const wanted = 2 * 0.1 * entropyOf(codes);
      near([await penaltyOf(4, perExample, ["hours"])], [wanted], 1e-5, "one task");
      near([await penaltyOf(4, perExample, ["income", "hours"])], [2 * wanted], 1e-5, "two tasks");
      near(
        [await penaltyOf(3, perExample, ["hours"])],
        [2 * 0.1 * entropyOf(codes.slice(0, 3)) + 3 * 2 / reached],
        1e-5,
        "three experts",
      );
    }
  },
);

testOnBackends("DSelect-k's penalty makes a gate choose", async () => {
  const model = dselectK({ encoder, experts: { count: 3 }, entropy: 1, tasks, seed: 1 })
    .build({ inputs });
  const x = tf.ones([2, 5]);
  const optimizer = tf.train.adam(0.05);
  for (let step = 0; step < 60; step++) {
    optimizer.minimize(
      () => {
        const { outputs, penalty } = model.forward({ x }, ["hours"], { training: true });
        tf.dispose(outputs);
        return penalty!;
      },
      false,
      model.taskVariables("hours"),
    );
  }
  const reading = (await readMixing(model, { x })).find(({ owner }) => owner === "hours")!;
  const sum = reading.weights.reduce((total, weight) => total + weight);
  ok(sum > 0.999, `weights on experts add up to ${sum}`);
  ok(reading.weights.every((weight) => [0, 0.5, 1].some((at) => Math.abs(at - weight) < 1e-3)));
  optimizer.dispose();
  x.dispose();
  model.dispose();
});

testOnCpu("settings that cannot be are refused in a sentence", () => {
  throws(() => mmoe({ encoder, tasks, experts: { count: 0 } }), /whole number from 1, but is 0/);
  throws(() => cgc({ encoder, tasks, experts: { shared: 0, own: 0 } }), /both 0/);
  throws(
    () => ple({ encoder, tasks, experts: { own: 1.5 } }),
    /experts.own must be a whole number/,
  );
  throws(() => dselectK({ encoder, tasks, selectors: 0 }), /selectors must be a whole number/);
  throws(() => dselectK({ encoder, tasks, gamma: 0 }), /gamma must be above 0/);
  throws(() => dselectK({ encoder, tasks, entropy: -1 }), /entropy must be from 0/);
});
