import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  type Balancer,
  dbMtl,
  fairgrad,
  famo,
  geometricMean,
  graddrop,
  gradvacByLayer,
  gramianMethods,
  imtl,
  jacobianMethods,
  lossMethods,
  mgda,
  modo,
  nashMtl,
  pcgrad,
  stch,
  uncertaintyWeights,
} from "../../lib/balancing/mod.ts";
import { MultiTaskDataset } from "../../lib/data/mod.ts";
import { Random } from "../../lib/math/random.ts";
import { encoders, hardSharing } from "../../lib/models/mod.ts";
import { classification, regression } from "../../lib/tasks/mod.ts";
import { fit, type FitOptions } from "../../lib/training/mod.ts";

await tf.setBackend("cpu");

const ROWS = 48;

/** A class and two numbers of the same points; half of the numbers `far` are missing. */
function points() {
  const random = new Random(5);
  const values = Float32Array.from({ length: 2 * ROWS }, () => random.normal());
  const row = (at: number) => [values[2 * at], values[2 * at + 1]];
  const column = (of: (x: number, y: number) => number) =>
    Float32Array.from({ length: ROWS }, (_, at) => of(row(at)[0], row(at)[1]));
  return MultiTaskDataset.from({
    inputs: { point: { values, shape: [2] } },
    targets: {
      side: { values: Int32Array.from(column((x, y) => +(x + y > 0))), shape: [] },
      near: { values: column((x, y) => x - y), shape: [] },
      far: {
        values: column((x, y) => x * y),
        shape: [],
        mask: Uint8Array.from({ length: ROWS }, (_, at) => +(at < ROWS / 2)),
      },
    },
  });
}

function model() {
  return hardSharing({
    encoder: encoders.mlp({ units: [6] }),
    tasks: [classification("side", { classes: 2 }), regression("near"), regression("far")],
    seed: 3,
  });
}

async function train(options: FitOptions) {
  const network = model();
  const history = await fit(network, points(), {
    batchSize: 16,
    seed: 1,
    observer: false,
    ...options,
  });
  const weights = await Promise.all(
    network.namedVariables().map(async ({ variable }) => Array.from(await variable.data())),
  );
  network.dispose();
  return { history, weights };
}

const makers: [string, () => Balancer][] = [
  ...Object.entries(gramianMethods).map(([name, make]) =>
    [`gramian ${name}`, make as () => Balancer] as [string, () => Balancer]
  ),
  ...(["gradvac", "graddrop", "moco", "db-mtl", "excess-mtl", "trimmed-mean"] as const).map((
    name,
  ) => [`jacobian ${name}`, jacobianMethods[name] as () => Balancer] as [string, () => Balancer]),
  ...Object.entries(lossMethods).filter(([name]) => name !== "fixed").map(([name, make]) =>
    [`losses ${name}`, make as () => Balancer] as [string, () => Balancer]
  ),
  ["losses fixed", () => lossMethods.fixed({ weights: [1, 0.5, 2] })],
  ["losses stch with warm-up", () => stch({ smoothing: 1, warmUpEpochs: 2 })],
  ["gramian gradnorm on all shared layers", () => gramianMethods.gradnorm({ on: "shared" })],
  ["gramian modo with one sample", () => modo({ sampling: "one" })],
  ["gramian cr-mogm of modo", () => gramianMethods["cr-mogm"]({ method: modo() })],
  ["gramian mgda on the representation", () => mgda({ on: "representation" })],
  ["jacobian graddrop on the representation", () => graddrop({ on: "representation" })],
  ["gramian pcgrad every second step", () => pcgrad({ every: 2 })],
];

for (const [name, make] of makers) {
  Deno.test(`fit with ${name}: trains, reports, leaks nothing, and resumes exactly`, async () => {
    const folder = await Deno.makeTempDir();
    const before = tf.memory().numTensors;
    try {
      const whole = await train({ balancer: make(), epochs: 4 });
      for (const { losses } of whole.history.steps) {
        ok(Object.values(losses).every(Number.isFinite));
      }
      const { steps } = whole.history;
      ok(steps.some(({ losses }) => !("far" in losses)) || steps.length === 12);
      if (steps[0].weights) {
        for (const { losses, weights } of steps) {
          deepStrictEqual(Object.keys(weights!), Object.keys(losses));
        }
      }
      const checkpoint = { folder: `${folder}/run` };
      await train({ balancer: make(), epochs: 2, checkpoint });
      const resumed = await train({ balancer: make(), epochs: 4, resume: checkpoint.folder });
      deepStrictEqual(resumed.weights, whole.weights);
      deepStrictEqual(resumed.history.steps, steps);
      strictEqual(tf.memory().numTensors, before);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("fit with any balancer lowers the losses", async () => {
  for (const balancer of [nashMtl({ maxNorm: 1 }), famo(), imtl(), dbMtl(), uncertaintyWeights()]) {
    const { history } = await train({ balancer, epochs: 30 });
    const sum = (figures: Readonly<Record<string, Readonly<Record<string, number>>>>) =>
      Object.values(figures).reduce((total, { loss }) => total + loss, 0);
    ok(sum(history.last!.train) < 0.8 * sum(history.epochs[0].train), balancer.name);
  }
});

Deno.test("gramianEvery records the inner products and changes nothing", async () => {
  for (const balancer of [() => undefined, () => pcgrad(), () => gradvacByLayer()]) {
    const plain = await train({ balancer: balancer(), epochs: 2 });
    const settings = { balancer: balancer(), epochs: 2, gramianEvery: 3 };
    for (const gramianOn of ["representation", "last layer"] as const) {
      const cheaply = await train({ ...settings, balancer: balancer(), gramianOn });
      ok(cheaply.history.steps[0].gramian);
      cheaply.weights.flat().forEach((value, at) =>
        ok(Math.abs(value - plain.weights.flat()[at]) < 1e-4)
      );
    }
    const measured = await train(settings);
    const steps = measured.history.steps;
    deepStrictEqual(
      steps.map(({ gramian }) => gramian !== undefined),
      steps.map((_, at) => at % 3 === 0),
    );
    for (const { gramian, losses } of steps.filter((step) => step.gramian)) {
      strictEqual(gramian!.length, Object.keys(losses).length);
      gramian!.forEach((row, i) =>
        ok(row[i] > 0 && row.every((value, j) => value === gramian![j][i]))
      );
    }
    measured.weights.flat().forEach((value, at) =>
      ok(Math.abs(value - plain.weights.flat()[at]) < 1e-4)
    );
  }
});

Deno.test("MoDo takes the thirds of a batch, and says where a third has no label of some task", async () => {
  const { history } = await train({ balancer: modo(), epochs: 4 });
  const said = history.steps.map(({ notes }) =>
    notes?.some((note) => note.startsWith("one sample in the place of three")) ?? false
  );
  ok(said.includes(true) && said.includes(false), `${said}`);
  const single = await train({ balancer: modo({ sampling: "one" }), epochs: 4 });
  ok(single.history.steps.every(({ notes }) => !notes));
});

Deno.test("a step's notes are kept in the history, and a refused loss stops training", async () => {
  const { history } = await train({ balancer: fairgrad({ maxNorm: 1e-3 }), epochs: 1 });
  ok(history.steps.every(({ notes }) => notes?.some((note) => note.startsWith("clipped"))));
  await rejects(
    train({
      balancer: {
        ...geometricMean(),
        observe: () => {
          throw new Error("refused");
        },
      },
    }),
    /refused/,
  );
});
