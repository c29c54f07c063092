import { deepStrictEqual, notDeepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import {
  type Evaluation,
  fit,
  type FitOptions,
  type History,
  optimizers,
  saveModel,
  schedules,
} from "polytask";
import { readFolder } from "../../lib/models/folder.ts";
import { setBackend, testOnBackends, testOnCpu } from "../_backends.ts";
import { smallModel, twoTasks, weightsOf } from "../_two_tasks.ts";

const { adam, adamW, sgd } = optimizers;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "polytask-resume-"));
  try {
    await run(join(parent, "checkpoint"));
  } finally {
    await rm(parent, { recursive: true });
  }
}

interface Ended {
  readonly history: History;
  readonly weights: Record<string, number[]>;
}

const train = twoTasks({ size: 40, missing: 0.3 });
const validation = twoTasks({ size: 16, seed: 2 });

/** Trains a fresh model with dropout. */
async function run(options: FitOptions): Promise<Ended> {
  const model = smallModel({ dropout: 0.25 });
  const common = { batchSize: 12, seed: 5, observer: false } as const;
  try {
    const history = await fit(model, train, { ...common, ...options });
    return { history, weights: await weightsOf(model) };
  } finally {
    model.dispose();
  }
}

/** A signal that falls after so many steps, and an observer that drops it. */
function afterSteps(count: number): Pick<FitOptions, "signal" | "observer"> {
  const controller = new AbortController();
  const step = ({ step }: { step: number }) => {
    if (step === count) controller.abort();
  };
  return { signal: controller.signal, observer: { step } };
}

/** What two runs of the same course have in common: everything but the clock. */
function course({ history }: Ended) {
  return {
    epochs: history.epochs.map((record) => ({ ...record, seconds: 0 })),
    steps: history.steps,
    stopped: history.stopped,
    bestEpoch: history.bestEpoch,
  };
}

function same(actual: Ended, expected: Ended): void {
  deepStrictEqual(actual.weights, expected.weights);
  deepStrictEqual(course(actual), course(expected));
}

const cases: Record<string, FitOptions> = {
  adam: { optimizer: adam({ learningRate: 0.01 }) },
  adamW: { optimizer: adamW({ learningRate: 0.01 }), batching: "by-task" },
  "sgd with momentum": { optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }), clipNorm: 1 },
  "step decay": { schedule: schedules.stepDecay({ epochs: 3, factor: 0.5 }) },
};

for (const [name, options] of Object.entries(cases)) {
  testOnBackends(
    `ten epochs are five and five resumed, bit for bit: ${name}`,
    () =>
      inFolder(async (folder) => {
        const whole = await run({ ...options, validation, epochs: 10 });
        await run({ ...options, validation, epochs: 5, checkpoint: { folder } });
        const rest = await run({ ...options, validation, epochs: 10, resume: folder });
        same(rest, whole);
        notDeepStrictEqual(whole.history.epochs[4].train, whole.history.epochs[9].train);
      }),
  );
}

testOnBackends(
  "a run stopped in the middle of an epoch goes on bit for bit, twice",
  () =>
    inFolder(async (folder) => {
      const options = {
        validation,
        epochs: 4,
        optimizer: adam({ learningRate: 0.01 }),
        schedule: schedules.cosine(),
      };
      const whole = await run(options);
      strictEqual(whole.history.steps.length, 16);
      const first = await run({ ...options, checkpoint: { folder }, ...afterSteps(6) });
      strictEqual(first.history.stopped, "interrupted");
      deepStrictEqual([first.history.steps.length, first.history.epochs.length], [6, 1]);
      const second = await run({
        ...options,
        checkpoint: { folder },
        resume: folder,
        ...afterSteps(11),
      });
      deepStrictEqual([second.history.steps.length, second.history.epochs.length], [11, 2]);
      same(await run({ ...options, resume: folder }), whole);
    }),
);

testOnCpu(
  "early stopping goes on where it was, best weights and patience too",
  () =>
    inFolder(async (folder) => {
      const earlyStopping = {
        patience: 3,
        // Best after the second epoch; the patience runs out after the fifth.
        watch: ({ side }: Evaluation) => Math.abs(side.loss - middle),
      };
      let middle = 0;
      const probe = await run({ validation, epochs: 2, optimizer: adam({ learningRate: 0.05 }) });
      middle = probe.history.last!.validation!.side.loss;
      const options = { validation, earlyStopping, optimizer: adam({ learningRate: 0.05 }) };
      const whole = await run({ ...options, epochs: 9 });
      strictEqual(whole.history.stopped, "early stopping");
      strictEqual(whole.history.bestEpoch, 2);
      await run({ ...options, epochs: 4, checkpoint: { folder } });
      same(await run({ ...options, epochs: 9, resume: folder, checkpoint: { folder } }), whole);
      // The patience had run out when this checkpoint was made: nothing is left to train.
      same(await run({ ...options, epochs: 9, resume: folder }), whole);
    }),
);

testOnCpu("a finished run resumed is the same run", () =>
  inFolder(async (folder) => {
    const whole = await run({ epochs: 3, checkpoint: { folder, every: 2 } });
    same(await run({ epochs: 3, resume: folder }), whole);
    strictEqual((await readdir(folder)).length, 2);
  }));

testOnCpu(
  "a checkpoint is made every so many epochs, and at the end",
  () =>
    inFolder(async (folder) => {
      const saved: string[] = [];
      await run({
        epochs: 5,
        checkpoint: { folder, every: 2 },
        observer: {
          async step({ epoch, step }) {
            if (step % 4 !== 1) return;
            const found = await readFolder(folder).catch(() => undefined);
            const { progress } = (found?.content ?? {}) as { progress?: { epoch: number } };
            saved.push(`${epoch}: ${progress?.epoch}`);
            tf.dispose([...found?.tensors.values() ?? []]);
          },
        },
      });
      deepStrictEqual(saved, ["1: undefined", "2: undefined", "3: 2", "4: 2", "5: 4"]);
      strictEqual((await run({ epochs: 5, resume: folder })).history.steps.length, 20);
    }),
);

testOnCpu(
  "resuming under other settings is refused with both settings",
  () =>
    inFolder(async (folder) => {
      const base = { epochs: 2, optimizer: adam({ learningRate: 0.01 }) };
      await run({ ...base, checkpoint: { folder } });
      const refuse = (options: FitOptions, say: RegExp) =>
        rejects(run({ ...base, epochs: 4, resume: folder, ...options }), say);
      await refuse(
        { seed: 6 },
        /made with seed 5, but this run has 6; resume with the same setting/,
      );
      await refuse({ batchSize: 13 }, /batchSize 12, but this run has 13/);
      await refuse({ clipNorm: 2 }, /clipNorm null, but this run has 2/);
      await refuse({ batching: "by-task" }, /batching "joint", but this run has "by-task"/);
      await refuse({ optimizer: adam() }, /optimizer .*0\.01.* but this run has .*0\.001/);
      await refuse({ optimizer: sgd() }, /optimizer \["adam".* but this run has \["sgd"/);
      await refuse({ schedule: schedules.cosine() }, /schedule \["constant".*\["cosine"/);
      await refuse({ resume: join(folder, "no") }, /no" holds no saved model or checkpoint/);
      const model = smallModel();
      await rejects(
        fit(model, train.take(39), {
          ...base,
          batchSize: 12,
          seed: 5,
          resume: folder,
          observer: false,
        }),
        /examples 40, but this run has 39/,
      );
      await rejects(
        fit(model, train, { ...base, batchSize: 12, seed: 5, resume: folder, observer: false }),
        /architecture .*dropout.* but this run has/,
      );
      await saveModel(model, folder);
      await rejects(fit(model, train, { resume: folder, observer: false }), /holds no checkpoint/);
      model.dispose();
    }),
);

testOnCpu(
  "resuming on other data of the same size, or on another backend, is refused",
  () =>
    inFolder(async (folder) => {
      await run({ epochs: 1, checkpoint: { folder } });
      const resume = (data: typeof train) => {
        const model = smallModel({ dropout: 0.25 });
        return fit(model, data, {
          batchSize: 12,
          seed: 5,
          observer: false,
          epochs: 2,
          resume: folder,
        })
          .finally(() => model.dispose());
      };
      const others = {
        "other numbers": twoTasks({ size: 40, seed: 9, missing: 0.3 }),
        "another order": train.subset([...Array(40).keys()].reverse()),
        "other labels": train.withMask("side", Array(40).fill(0).map((_, at) => at % 2)),
      };
      for (const [what, data] of Object.entries(others)) {
        await rejects(resume(data), /with other training data than "two tasks", of the same/, what);
      }
      // The same numbers from elsewhere, a task more and another name are the same data.
      const again = twoTasks({ size: 40, missing: 0.3 });
      const more = again.deriveTarget("more", "side", Number);
      strictEqual((await resume(again)).epochs.length, 2);
      strictEqual((await resume(more as unknown as typeof train)).epochs.length, 2);
      await setBackend("wasm");
      try {
        await rejects(resume(train), /made with backend "cpu", but this run has "wasm"/);
      } finally {
        await setBackend("cpu");
      }
    }),
);

testOnCpu("a cosine needs the length that it was planned for", () =>
  inFolder(async (folder) => {
    const schedule = schedules.cosine();
    await run({ epochs: 2, schedule, checkpoint: { folder } });
    await rejects(
      run({ epochs: 4, schedule, resume: folder }),
      /run of 2 epochs, and the schedule "cosine" has other learning rates in one of 4/,
    );
    ok(await run({ epochs: 2, schedule, resume: folder }));
  }));
