import { deepStrictEqual, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  encoders,
  evaluate,
  fit,
  forTask,
  graddrop,
  loadModel,
  modelDiagram,
  MultiTaskDataset,
  type MultiTaskModel,
  optimizers,
  Random,
  regression,
  saveModel,
  type Task,
  type TrunkOptions,
  uncertaintyWeights,
  upgrad,
} from "polytask";
import { testOnBackends, testOnWasm } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { perturb } from "./_perturb.ts";

/** The tasks that every architecture is checked with, unless it is made for others. */
export const checkTasks = [binary("sign"), regression("sum")] as const;
/** Two events, the second only where the first is. */
export const funnelTasks = [binary("sign"), binary("large")] as const;

/** Makes the architecture under test on a trunk. */
export type MakeModel = (
  trunk: TrunkOptions<readonly Task[], string>,
) => MultiTaskModel<readonly Task[]>;

/** What is to be expected of an architecture. */
export interface Expected {
  /** Whether some variables are shared by all tasks. Default true. */
  readonly shares?: boolean;
  /** Whether every task, or just the one named, has variables of its own. Default true. */
  readonly owns?: boolean | string;
  /** Default: {@linkcode checkTasks}. */
  readonly tasks?: readonly Task[];
}

/** Kinds of trunk, small, with the shape of a row that they read. */
const trunks = {
  "MLP": { encoder: encoders.mlp({ units: [6, 4] }), shape: [4] },
  "CNN": { encoder: encoders.smallCnn({ filters: [4, 4], units: 8 }), shape: [8, 8, 1] },
  "audio CNN": { encoder: encoders.audioCnn({ filters: [4, 4], units: 8 }), shape: [9, 4] },
} as const;

/** One balancer of each family. */
const balancers = {
  "uncertainty weighting": uncertaintyWeights,
  "UPGrad": upgrad,
  "GradDrop": graddrop,
};

const ROWS = 24;

/** `sign` is missing in a third of the rows. */
function dataOf(shape: readonly number[], seed = 1): MultiTaskDataset {
  const random = new Random(seed);
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: ROWS * size }, () => random.normal());
  const sums = Float32Array.from(
    { length: ROWS },
    (_, row) => values.subarray(row * size, (row + 1) * size).reduce((sum, each) => sum + each),
  );
  return MultiTaskDataset.from({
    inputs: { x: { values, shape } },
    targets: {
      sign: {
        values: sums.map((sum) => sum > 0 ? 1 : 0),
        shape: [],
        mask: Uint8Array.from({ length: ROWS }, (_, row) => row % 3 === 0 ? 0 : 1),
      },
      sum: { values: sums.map((sum) => sum / Math.sqrt(size)), shape: [] },
      large: { values: sums.map((sum) => sum > Math.sqrt(size) / 2 ? 1 : 0), shape: [] },
    },
  });
}

/** The checks that every architecture passes, on every kind of trunk and backend. */
export function checkArchitecture(name: string, make: MakeModel, expected: Expected = {}): void {
  const { tasks = checkTasks } = expected;
  const [first, second] = tasks.map((task) => task.name);
  const owns = (task: string) =>
    typeof expected.owns === "string" ? expected.owns === task : expected.owns ?? true;
  for (const [kind, { encoder, shape }] of Object.entries(trunks)) {
    const build = () => make({ encoder, tasks, seed: 3 }).build({ inputs: { x: shape } });
    const check = (
      what: string,
      run: (model: MultiTaskModel) => Promise<void>,
      register = testOnBackends,
    ) =>
      register(`${name} on ${kind}: ${what}`, async () => {
        const model = build();
        try {
          await run(model);
        } finally {
          model.dispose();
        }
      });

    check("shapes, counts and picture agree with the variables", async (model) => {
      const x = tf.ones([2, ...shape]);
      const outputs = model.outputs({ x });
      deepStrictEqual(outputs[first].shape, [2, 1]);
      deepStrictEqual(outputs[second].shape, [2, 1]);
      const own = tasks.map((task) => count(model.taskVariables(task.name)));
      const shared = count(model.sharedVariables());
      strictEqual(shared > 0, expected.shares ?? true);
      deepStrictEqual(model.parameterCounts(), {
        shared,
        byTask: { [first]: own[0], [second]: own[1] },
        total: shared + own[0] + own[1],
      });
      ok(modelDiagram(model.structure()).svg().includes("<svg"));
      // One task alone is computed the same.
      const alone = model.outputs({ x }, [second]);
      deepStrictEqual(Object.keys(alone), [second]);
      deepStrictEqual(await take(alone[second]), await take(outputs[second]));
      tf.dispose([x, outputs[first]]);
    });

    check("gradients go where they should and nowhere else", async (model) => {
      const batch = dataOf(shape).batch(Array.from({ length: ROWS }, (_, at) => at));
      for (const task of tasks) {
        const reached = await reachedBy(model, batch.inputs, task, batch.targets[task.name]!);
        const others = tasks.filter(({ name }) => name !== task.name).map(({ name }) => name);
        strictEqual(reached.has(`task ${task.name}`), owns(task.name), "its own variables");
        strictEqual(reached.has("shared"), expected.shares ?? true);
        for (const other of others) {
          ok(!reached.has(`task ${other}`), `${task.name} reaches what belongs to ${other}`);
        }
      }
      batch.dispose();
    });

    check("trains below the starting loss with missing labels", async (model) => {
      const data = dataOf(shape);
      const before = await evaluate(model, data);
      await fit(model, data, {
        epochs: 40,
        batchSize: 8,
        optimizer: optimizers.adam({ learningRate: 0.01 }),
        seed: 5,
        observer: false,
      });
      const after = await evaluate(model, data);
      for (const task of model.taskNames) {
        const [start, end] = [before[task].loss, after[task].loss];
        ok(end < start, `${task} ${start} -> ${end}`);
      }
      // Convolutions take long on the plain backend.
    }, kind === "MLP" ? testOnBackends : testOnWasm);

    check("cut down to one task it computes the same, also as a graph model", async (model) => {
      const folder = await mkdtemp(join(tmpdir(), "polytask-one-task-"));
      const x = tf.randomNormal([5, ...shape], 0, 1, "float32", 7);
      perturb(model);
      const whole = model.outputs({ x });
      try {
        for (const { name } of tasks) {
          const one = await forTask(model, name);
          ok(one.parameters <= model.parameterCounts().total);
          const expected = await take(whole[name]);
          near(await take(one.predict({ x })), expected, 1e-6);
          await one.save(folder);
          one.dispose();
          const graphModel = await loadGraphModel(folder);
          near(await take(graphModel.predict({ x }) as tf.Tensor), expected, 1e-6);
          graphModel.dispose();
        }
      } finally {
        x.dispose();
        await rm(folder, { recursive: true });
      }
    });

    check("saved and loaded it predicts the same bits", async (model) => {
      const folder = await mkdtemp(join(tmpdir(), "polytask-architecture-"));
      const x = tf.randomNormal([3, ...shape], 0, 1, "float32", 7);
      try {
        const fresh = model.outputs({ x });
        perturb(model);
        await saveModel(model, folder);
        const loaded = await loadModel(folder);
        const [ours, theirs] = [model.outputs({ x }), loaded.outputs({ x })];
        for (const task of model.taskNames) {
          const expected = await take(ours[task]);
          deepStrictEqual(await take(theirs[task]), expected);
          notDeepStrictEqual(await take(fresh[task]), expected, "weights that the seed draws");
        }
        loaded.dispose();
      } finally {
        x.dispose();
        await rm(folder, { recursive: true });
      }
    });
  }

  for (const [family, makeBalancer] of Object.entries(balancers)) {
    testOnWasm(`${name}: trains with ${family}, tasks together and by turns`, async () => {
      for (const batching of ["joint", "by-task"] as const) {
        const model = make({ encoder: encoders.mlp({ units: [6, 4] }), tasks, seed: 3 })
          .build({ inputs: { x: [4] } });
        const data = dataOf([4]);
        const before = await evaluate(model, data);
        const training = fit(model, data, {
          epochs: 12,
          batchSize: 8,
          optimizer: optimizers.adam({ learningRate: 0.01 }),
          balancer: makeBalancer(),
          batching,
          seed: 5,
          observer: false,
        });
        try {
          if ((expected.shares ?? true) || family === "uncertainty weighting") {
            await training;
            const after = await evaluate(model, data);
            for (const task of model.taskNames) {
              const [start, end] = [before[task].loss, after[task].loss];
              ok(end < start, `${batching}: ${task} ${start} -> ${end}`);
            }
          } else {
            await rejects(training, /balances the gradients of shared variables.*has none/);
          }
        } finally {
          model.dispose();
        }
      }
    });
  }

  testOnBackends(`${name}: each task may read an input of its own`, async () => {
    const model = make({
      stems: { a: encoders.mlp({ units: [4] }), b: encoders.mlp({ units: [4] }) },
      encoder: encoders.mlp({ units: [6, 4] }),
      tasks,
      reads: { [first]: "a", [second]: "b" },
      seed: 3,
    }).build({ inputs: { a: [2], b: [3] } });
    const [a, b] = [tf.ones([2, 2]), tf.ones([2, 3])];
    const alone = model.outputs({ a }, [first]);
    const both = model.outputs({ a, b });
    near(await take(alone[first]), await take(both[first]));
    tf.dispose([a, b, both[second]]);
    model.dispose();
  });
}

function count(variables: readonly tf.Variable[]): number {
  return variables.reduce((sum, { size }) => sum + size, 0);
}

/** Owners of the variables that the loss of one task reaches. */
async function reachedBy(
  model: MultiTaskModel,
  inputs: Readonly<Record<string, tf.Tensor>>,
  task: Task,
  target: tf.Tensor,
): Promise<Set<string>> {
  const { value, grads } = tf.variableGrads(() => {
    const { outputs } = model.forward(inputs, [task.name], { training: false });
    return task.rowLosses(outputs[task.name], target).mean() as tf.Scalar;
  });
  value.dispose();
  const owners = new Map<tf.Variable, string>(
    model.sharedVariables().map((each) => [each, "shared"]),
  );
  for (const name of model.taskNames) {
    for (const variable of model.taskVariables(name)) owners.set(variable, `task ${name}`);
  }
  const reached = new Set<string>();
  for (const [variable, owner] of owners) {
    const gradient = grads[variable.name];
    if (gradient && (await take(tf.tidy(() => gradient.abs().sum())))[0] > 0) reached.add(owner);
  }
  tf.dispose(grads);
  return reached;
}
