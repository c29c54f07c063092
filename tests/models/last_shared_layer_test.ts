import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  adversarialSharedPrivate,
  aitm,
  binary,
  cgc,
  crossStitch,
  dselectK,
  encoders,
  esmm,
  fit,
  gradnorm,
  graphArchitecture,
  hardSharing,
  learnedBranching,
  mmoe,
  mtan,
  MultiTaskDataset,
  MultiTaskModel,
  nddr,
  omoe,
  optimizers,
  ple,
  pooled,
  Random,
  singleTask,
  sluice,
  softSharing,
  taskTree,
  type TrunkOptions,
} from "polytask";
import { testOnCpu, testOnWasm } from "../_backends.ts";
import { take } from "../_numbers.ts";

const tasks = [binary("seen"), binary("liked"), binary("bought")] as const;
type Options = TrunkOptions<typeof tasks>;
type Make = (trunk: Options) => MultiTaskModel<typeof tasks>;

const architectures: Readonly<Record<string, Make>> = {
  "hard sharing": hardSharing,
  "hard sharing with a split": (trunk) => hardSharing({ ...trunk, split: { liked: 1 } }),
  "task tree": (trunk) =>
    taskTree({
      ...trunk,
      branches: trunk.encoder.stages.map((_, at) =>
        at === 0 ? [["seen", "liked", "bought"]] : [["seen", "liked"], ["bought"]]
      ),
    }),
  "pooled": pooled,
  "cross-stitch": crossStitch,
  "cross-stitch after the first stage": (trunk) =>
    crossStitch({ ...trunk, after: [trunk.encoder.stages[0].name] }),
  "cross-stitch that starts apart": (trunk) => crossStitch({ ...trunk, own: 1 }),
  "sluice": sluice,
  "NDDR": nddr,
  "MTAN": mtan,
  "OMoE": omoe,
  "MMoE": mmoe,
  "CGC": cgc,
  "PLE": ple,
  "DSelect-k": dselectK,
  "DSelect-k by example": (trunk) => dselectK({ ...trunk, perExample: true }),
  "learned branching": learnedBranching,
  "ESMM": esmm,
  "AITM": aitm,
  "adversarial shared-private": adversarialSharedPrivate,
};

const LENGTH = 5;
const trunks = {
  "MLP": { encoder: encoders.mlp({ units: [8, 6] }), shape: [LENGTH], words: false },
  "LSTM": {
    encoder: encoders.lstm({ vocabulary: 12, embedding: 6, units: [4] }),
    shape: [LENGTH],
    words: true,
  },
  "CNN": {
    encoder: encoders.smallCnn({ filters: [4, 4], units: 6 }),
    shape: [8, 8, 1],
    words: false,
  },
};

function dataOf({ shape, words }: (typeof trunks)[keyof typeof trunks], size = 32) {
  const random = new Random(5);
  const numbers = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from(
    { length: size * numbers },
    (_, at) => words ? (at % LENGTH === LENGTH - 1 ? 0 : 1 + random.integer(11)) : random.normal(),
  );
  const target = (row: (values: Float32Array) => boolean) => ({
    values: Float32Array.from(
      { length: size },
      (_, at) => Number(row(values.subarray(at * numbers, (at + 1) * numbers))),
    ),
    shape: [],
  });
  const middle = words ? 6 : 0;
  return MultiTaskDataset.from({
    inputs: { x: { values, shape } },
    targets: {
      seen: target(([first]) => first > middle),
      liked: target(([, second]) => second > middle),
      bought: target(([first, second]) => first > middle && second > middle),
    },
  });
}

for (const [name, make] of Object.entries(architectures)) {
  testOnWasm(`${name}: every task reaches the last shared layer`, async () => {
    for (const [kind, trunk] of Object.entries(trunks)) {
      const model = make({ encoder: trunk.encoder, tasks, seed: 1 })
        .build({ inputs: { x: trunk.shape } });
      const last = model.lastSharedLayer();
      ok(last.length > 0, `${kind}: there is one`);
      strictEqual(new Set(last).size, last.length);
      ok(last.every((variable) => model.sharedVariables().includes(variable)), `${kind}: shared`);
      const batch = dataOf(trunk).batch(Array.from({ length: 32 }, (_, at) => at));
      for (const task of tasks) {
        const { value, grads } = tf.variableGrads(() => {
          const random = new Random(1);
          const { outputs, penalty } = model.forward(batch.inputs, [task.name], {
            training: true,
            random,
          });
          penalty?.dispose();
          return task.rowLosses(outputs[task.name], batch.targets[task.name]!).mean() as tf.Scalar;
        });
        const sizes = last.map((each) => grads[each.name])
          .filter((gradient) => gradient !== undefined && gradient !== null)
          .map((gradient) => tf.tidy(() => gradient.square().sum()));
        const [size] = await take(tf.addN(sizes));
        ok(size > 0, `${kind}: ${task.name} does not reach it`);
        tf.dispose([value, grads, sizes]);
      }
      batch.dispose();
      model.dispose();
    }
  });

  testOnWasm(`${name}: GradNorm sees every task and keeps its weights in bounds`, async () => {
    const trunk = trunks.MLP;
    const model = make({ encoder: trunk.encoder, tasks, seed: 1 });
    const history = await fit(model, dataOf(trunk), {
      epochs: 5,
      batchSize: 16,
      optimizer: optimizers.adam({ learningRate: 0.005 }),
      balancer: gradnorm(),
      gramianEvery: 1,
      gramianOn: "last layer",
      seed: 2,
      observer: false,
    });
    for (const { gramian, weights } of history.steps) {
      gramian!.forEach((row, at) => ok(row[at] > 0, `${tasks[at].name} has no gradient`));
      for (const [task, weight] of Object.entries(weights!)) {
        ok(weight > 0.4 && weight < 2, `${task} has the weight ${weight}`);
      }
    }
    model.dispose();
  });
}

/** Names of the last shared layer's variables. */
function lastNames(model: MultiTaskModel<typeof tasks>): string[] {
  model.build({ inputs: { x: [LENGTH] } });
  const last = model.lastSharedLayer();
  const names = model.namedVariables().filter(({ variable }) => last.includes(variable))
    .map(({ name }) => name);
  model.dispose();
  return names;
}

testOnCpu("the last shared layer is named part by part", () => {
  const encoder = trunks.MLP.encoder;
  const layer = (place: string) => [`${place}/dense 2/kernel`, `${place}/dense 2/bias`];
  const names = tasks.map(({ name }) => name);
  deepStrictEqual(lastNames(hardSharing({ encoder, tasks })), layer("shared"));
  deepStrictEqual(lastNames(mtan({ encoder, tasks })), layer("shared"));
  deepStrictEqual(lastNames(aitm({ encoder, tasks })), layer("shared"));
  deepStrictEqual(lastNames(adversarialSharedPrivate({ encoder, tasks })), layer("shared"));
  deepStrictEqual(
    lastNames(omoe({ encoder, tasks, experts: { count: 2 } })),
    ["shared/expert 1", "shared/expert 2"].flatMap(layer),
  );
  deepStrictEqual(
    lastNames(ple({ encoder, tasks, experts: { shared: 2, own: 1 } })),
    ["shared/level 2 shared expert 1", "shared/level 2 shared expert 2"].flatMap(layer),
  );
  deepStrictEqual(lastNames(crossStitch({ encoder, tasks })), [
    ...names.flatMap((name) => layer(`task ${name}`)),
    ...names.map((name) => `shared/stitch dense 2 to ${name}/weights`),
  ]);
  deepStrictEqual(
    lastNames(learnedBranching({ encoder, tasks, branches: 2 })).sort(),
    ["shared/branch 1", "shared/branch 2"].flatMap(layer).sort(),
  );
  for (const make of [singleTask, softSharing]) {
    deepStrictEqual(lastNames(make({ encoder, tasks })), []);
  }
});

testOnCpu("experts that end in a pooling are seen by the layer before it", () => {
  const encoder = encoders.textCnn({ vocabulary: 9, embedding: 4, filters: 3, windows: [2, 3] });
  const last = lastNames(mmoe({ encoder, tasks, experts: { count: 2 } }));
  // Two experts, two windows each, with kernel and bias.
  strictEqual(last.length, 8);
  ok(last.every((name) => /^shared\/expert [12]\/windows\/.*conv1d/.test(name)), last.join());
});

testOnCpu("an architecture of one's own ends in the last part that all tasks read", () => {
  const encoder = trunks.MLP.encoder;
  const own = (named: boolean) =>
    new MultiTaskModel(
      graphArchitecture({
        name: "own",
        trunk: { encoder },
        build(graph) {
          const [first, second] = graph.stages(encoder.stages, graph.source);
          graph.head(tasks[0], first);
          graph.head(tasks[1], second);
          graph.head(tasks[2], second);
          if (named) graph.lastShared([second]);
        },
      }),
      tasks,
    );
  deepStrictEqual(lastNames(own(false)), [
    "shared/dense 1/2 dense/kernel",
    "shared/dense 1/2 dense/bias",
  ]);
  deepStrictEqual(lastNames(own(true)), ["shared/dense 2/kernel", "shared/dense 2/bias"]);
});
