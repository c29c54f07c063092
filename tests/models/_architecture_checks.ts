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
  gradnorm,
  loadModel,
  modelDiagram,
  type MultiTaskModel,
  optimizers,
  regression,
  saveModel,
  tagging,
  type Task,
  type TrunkOptions,
  uncertaintyWeights,
  upgrad,
} from "polytask";
import { testOnBackends, testOnWasm } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { loadGraphModel } from "./_graph_model.ts";
import { checkGradients, type Unreached } from "./_gradients.ts";
import { checkPadding } from "./_padding.ts";
import { perturb } from "./_perturb.ts";
import { CLASSES, dataOf, ROWS, rowsOf, trunks } from "./_trunks.ts";

/** The tasks that every architecture is checked with, unless it is made for others. */
export const checkTasks = [binary("sign"), regression("sum")] as const;
/** Two events, the second only where the first is. */
export const funnelTasks = [binary("sign"), binary("large")] as const;
/** In place of {@linkcode checkTasks} on trunks that keep the words. */
const tagTasks = [tagging("sign", { classes: CLASSES }), tagging("sum", { classes: CLASSES })];

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
  /** Whether heads get what a trunk gives for each word. Default: with {@linkcode checkTasks}. */
  readonly steps?: boolean;
  /** Variables that get no gradient, of one encoder. Default: none. */
  readonly unreached?: (encoder: encoders.Encoder) => readonly Unreached[];
  /** Default: {@linkcode checkTasks}. */
  readonly tasks?: readonly Task[];
}

/** One balancer of each family, and one that looks at the last shared layer alone. */
const balancers = {
  "uncertainty weighting": uncertaintyWeights,
  "UPGrad": upgrad,
  "GradNorm": gradnorm,
  "GradDrop": graddrop,
};

/** The checks that every architecture passes, on every kind of trunk and backend. */
export function checkArchitecture(name: string, make: MakeModel, expected: Expected = {}): void {
  const { tasks: rowTasks = checkTasks, unreached = () => [] } = expected;
  const [first, second] = rowTasks.map((task) => task.name);
  const owns = (task: string) =>
    typeof expected.owns === "string" ? expected.owns === task : expected.owns ?? true;
  for (const [kind, trunk] of Object.entries(trunks)) {
    const { encoder, shape, categories, everywhere } = trunk;
    const steps = (trunk.steps ?? false) && (expected.steps ?? !expected.tasks);
    const tasks: readonly Task[] = steps ? tagTasks : rowTasks;
    const build = () => make({ encoder, tasks, seed: 3 }).build({ inputs: { x: shape } });
    const check = (
      what: string,
      run: (model: MultiTaskModel) => Promise<void>,
      register = everywhere ? testOnBackends : testOnWasm,
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
      const x = rowsOf(trunk, 2);
      const outputs = model.outputs({ x });
      for (const task of [first, second]) {
        deepStrictEqual(outputs[task].shape, steps ? [2, ...shape, CLASSES] : [2, 1]);
      }
      const own = tasks.map((task) => count(model.taskVariables(task.name)));
      const shared = count(model.sharedVariables());
      strictEqual(shared > 0, expected.shares ?? true);
      deepStrictEqual(own.map((size) => size > 0), [first, second].map(owns));
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

    check(
      "a step of training reaches every variable that it should and no other",
      async (model) => {
        const batch = dataOf(trunk, steps).batch(Array.from({ length: ROWS }, (_, at) => at));
        await checkGradients(model, batch, unreached(encoder));
        batch.dispose();
      },
    );

    if (trunk.vocabulary !== undefined) {
      check("padding stays 0 in every part but the heads", async (model) => {
        const x = rowsOf(trunk, 6);
        perturb(model);
        await checkPadding(model, x);
        x.dispose();
      });
    }

    check("trains below the starting loss with missing labels", async (model) => {
      const data = dataOf(trunk, steps);
      const before = await evaluate(model, data);
      await fit(model, data, {
        epochs: everywhere ? 40 : 10,
        batchSize: 8,
        optimizer: optimizers.adam({ learningRate: everywhere ? 0.01 : 0.02 }),
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
      const x = rowsOf(trunk, 5);
      perturb(model);
      const numbers = count(model.namedVariables().map(({ variable }) => variable));
      const whole = model.outputs({ x });
      try {
        for (const { name } of tasks) {
          const one = await forTask(model, name);
          // The vectors of categories stand in a matrix with zeros between them.
          if (!categories) ok(one.parameters <= numbers);
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
      const x = rowsOf(trunk, 3);
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
        const { encoder, shape } = trunks.MLP;
        const model = make({ encoder, tasks: rowTasks, seed: 3 }).build({ inputs: { x: shape } });
        const data = dataOf(trunks.MLP);
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
      tasks: rowTasks,
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
