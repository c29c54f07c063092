/** Which architectures map to layers of TensorFlow.js, and that they give the same there. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
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
  graphArchitecture,
  hardSharing,
  layersModel,
  learnedBranching,
  mmoe,
  mtan,
  MultiTaskModel,
  nddr,
  omoe,
  ple,
  pooled,
  saveModel,
  singleTask,
  sluice,
  softSharing,
  type Task,
  taskTree,
  type TrunkOptions,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { difference, inFolder, loadLayersModel } from "./_layers_model.ts";
import { perturb } from "./_perturb.ts";

type Make = (trunk: TrunkOptions<readonly Task[], string>) => MultiTaskModel<readonly Task[]>;

const tasks = [binary("left"), binary("right")];
const branches = [[["left", "right"]], [["left"], ["right"]]];

/** What maps such that the same operations run: bit for bit. */
const exact: Readonly<Record<string, Make>> = {
  "hard sharing": hardSharing,
  "hard sharing, split": (trunk) => hardSharing({ ...trunk, split: 1 }),
  "single task": singleTask,
  "pooled": pooled,
  "task tree": (trunk) => taskTree({ ...trunk, branches }),
  "soft sharing, L2": softSharing,
  "soft sharing, covariance": (trunk) => softSharing({ ...trunk, tie: "covariance" }),
  "cross-stitch": crossStitch,
};

/** What maps to operations that round differently. */
const near: Readonly<Record<string, Make>> = {
  "NDDR": nddr,
  "OMoE": omoe,
  "MMoE": (trunk) => mmoe({ ...trunk, experts: { count: 3 } }),
  "MMoE with one expert": (trunk) => mmoe({ ...trunk, experts: { count: 1 } }),
  "CGC": (trunk) => cgc({ ...trunk, experts: { shared: 2, own: 1 } }),
  "PLE": ple,
};

const unmapped: Readonly<Record<string, Make>> = {
  "AITM": aitm,
  "adversarial shared-private": adversarialSharedPrivate,
  "DSelect-k": dselectK,
  "ESMM": esmm,
  "learned branching": learnedBranching,
  "MTAN": mtan,
  "sluice": sluice,
};

const trunks = {
  "an MLP": { encoder: encoders.mlp({ units: [6, 4] }), shape: [4] },
  "convolutions": {
    encoder: encoders.encoder("convolutions", [
      encoders.smallCnn({ filters: [2] }).stages[0],
      { ...encoders.smallCnn({ filters: [4] }).stages[0], name: "conv 2" },
    ]),
    shape: [8, 8, 1],
  },
};

for (const [name, make] of Object.entries({ ...exact, ...near })) {
  const tolerance = name in exact ? 0 : 1e-6;
  for (const [kind, { encoder, shape }] of Object.entries(trunks)) {
    testOnBackends(
      `${name} on ${kind} predicts the same in layers`,
      () =>
        inFolder(async (folder) => {
          const model = make({ encoder, tasks, seed: 2 }).build({ inputs: { x: shape } });
          perturb(model);
          await saveModel(model, folder);
          const loaded = await loadLayersModel(folder);
          deepStrictEqual(loaded.outputNames, ["left", "right"]);
          ok(await difference(model, loaded) <= tolerance);
          loaded.dispose();
          const alone = layersModel(model, { task: "right" });
          ok(await difference(model, alone, { tasks: ["right"] }) <= tolerance);
          ok(alone.countParams() <= model.parameterCounts().total);
          alone.dispose();
          model.dispose();
        }),
    );
  }
}

for (const [name, make] of Object.entries(unmapped)) {
  testOnCpu(
    `${name} does not map to layers, and is saved without`,
    () =>
      inFolder(async (folder) => {
        const { encoder, shape } = trunks["an MLP"];
        const model = make({ encoder, tasks }).build({ inputs: { x: shape } });
        await saveModel(model, folder);
        ok(existsSync(join(folder, "polytask.json")));
        ok(!existsSync(join(folder, "model.json")));
        throws(
          () => layersModel(model),
          /^RangeError: The part ".*" does not map to layers of TensorFlow\.js, as there is no layer like it/,
        );
        model.dispose();
      }),
  );
}

testOnBackends(
  "cross-stitch with a weight for each channel predicts the same in layers",
  async () => {
    for (const { encoder, shape } of Object.values(trunks)) {
      const model = crossStitch({ encoder, tasks, weights: "channel" })
        .build({ inputs: { x: shape } });
      perturb(model);
      const copy = layersModel(model);
      strictEqual(await difference(model, copy), 0);
      copy.dispose();
      model.dispose();
    }
  },
);

const stems = {
  scan: encoders.smallCnn({ filters: [2], units: 6 }),
  "photo!": encoders.mlp({ units: [6] }),
};
const inputs = { scan: [8, 8, 1], "photo!": [3, 3] };

testOnBackends(
  "stems become inputs of their own in front of one trunk",
  () =>
    inFolder(async (folder) => {
      const model = hardSharing({
        stems,
        encoder: encoders.mlp({ units: [5] }),
        tasks,
        reads: { left: "photo!", right: "scan" },
      }).build({ inputs });
      perturb(model);
      await saveModel(model, folder);
      const rows = {
        scan: tf.randomNormal([2, 8, 8, 1]),
        "photo!": tf.randomNormal([2, 3, 3]),
      };
      const expected = model.outputs(rows);
      const copy = layersModel(model);
      deepStrictEqual(copy.inputNames, ["scan", "photo_"]);
      // A layer that is used twice is one layer.
      strictEqual(copy.countParams(), model.parameterCounts().total);
      const found = copy.predict([rows.scan, rows["photo!"]]) as tf.Tensor[];
      deepStrictEqual(await found[0].array(), await expected.left.array());
      deepStrictEqual(await found[1].array(), await expected.right.array());
      copy.dispose();
      const left = layersModel(model, { task: "left" });
      deepStrictEqual(left.inputNames, ["photo_"]);
      left.dispose();
      tf.dispose([Object.values(rows), Object.values(expected), found]);
      const [{ weights }] =
        JSON.parse(await readFile(join(folder, "model.json"), "utf8")).weightsManifest;
      strictEqual(new Set(weights.map(({ name }: { name: string }) => name)).size, weights.length);
      strictEqual(weights.length, model.namedVariables().length);
      model.dispose();
    }),
);

testOnCpu("a task that reads one of several inputs does not map, one that reads one does", () => {
  const model = hardSharing({
    stems,
    encoder: encoders.mlp({ units: [5] }),
    tasks,
    reads: { left: ["photo!", "scan"], right: "scan" },
  }).build({ inputs });
  throws(
    () => layersModel(model),
    /^RangeError: The task "left" does not map.*reads "scan" or "photo!", whichever a batch holds\./,
  );
  layersModel(model, { task: "right" }).dispose();
  model.dispose();
});

testOnCpu("names that layers cannot have are changed and stay apart", async () => {
  const tasks = [binary("größe"), binary("gr__e"), binary("_1 2"), binary("x")];
  const model = hardSharing({ ...trunks["an MLP"], tasks }).build({ inputs: { x: [4] } });
  const copy = layersModel(model);
  deepStrictEqual(copy.outputNames, ["gr__e", "gr__e_1", "x_1_2", "x"]);
  deepStrictEqual(copy.inputNames, ["x_1"]);
  const x = tf.randomNormal([2, 4]);
  const [expected, found] = [model.outputs({ x }), copy.predict(x) as tf.Tensor[]];
  for (const [at, { name }] of tasks.entries()) {
    deepStrictEqual(await found[at].array(), await expected[name].array());
  }
  tf.dispose([x, Object.values(expected), found]);
  copy.dispose();
  model.dispose();
});

testOnCpu(
  "weights that no output needs keep a model out of the format",
  () =>
    inFolder(async (folder) => {
      const { encoder } = trunks["an MLP"];
      const architecture = graphArchitecture({
        name: "spare",
        trunk: { encoder },
        build(graph) {
          const [first, last] = graph.stages(encoder.stages, graph.source);
          graph.stage(encoder.stages[1], first, { name: "spare" });
          for (const task of graph.tasks) graph.head(task, last);
        },
      });
      const model = new MultiTaskModel(architecture, tasks).build({ inputs: { x: [4] } });
      layersModel(model).dispose();
      await saveModel(model, folder);
      ok(!existsSync(join(folder, "model.json")));
      model.dispose();
    }),
);

testOnCpu("rows of single numbers do not map", () => {
  const model = hardSharing({ encoder: encoders.mlp({ units: [2] }), tasks })
    .build({ inputs: { x: [] } });
  throws(
    () => layersModel(model),
    /^RangeError: The input "x" does not map.*give it the shape \[1\]/,
  );
  model.dispose();
});

testOnCpu("what cannot be asked for is refused", () => {
  const model = hardSharing({ ...trunks["an MLP"], tasks: [binary("left"), binary("right")] });
  throws(() => layersModel(model), /no variables yet/);
  model.build({ inputs: { x: [4] } });
  const task = "middle" as "left";
  throws(
    () => layersModel(model, { task }),
    /^RangeError: The model has no task "middle"; it has "left", "right"\./,
  );
  model.dispose();
});
