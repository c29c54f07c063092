import { ok, rejects, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { cagrad, encoders, evaluate, fit, type FitOptions, optimizers, schedules } from "polytask";
import { testOnCpu } from "../_backends.ts";
import { builtModel, smallModel, twoTasks } from "../_two_tasks.ts";

/** What fit says to options that the types refuse, as a cell of a notebook may give them. */
async function refusal(options: Record<string, unknown>, message: RegExp): Promise<void> {
  const asked = fit(smallModel(), twoTasks(), options as FitOptions);
  await rejects(asked, { name: "TypeError", message });
}

testOnCpu("an option that is not there is refused, with the one that is meant", async () => {
  await refusal({ batch_size: 4 }, /no option "batch_size"; give it batchSize\./);
  await refusal({ batchsize: 4 }, /give it batchSize\./);
  await refusal({ epoch: 4 }, /give it epochs\./);
  await refusal({ optimiser: optimizers.adam() }, /give it optimizer\./);
  await refusal({ balance: cagrad() }, /give it balancer\./);
  for (const name of ["lr", "learningRate", "learning_rate"]) {
    await refusal({ [name]: 0.1 }, /give it optimizer: optimizers\.adam\(\{ learningRate/);
  }
  await refusal({ validation_data: twoTasks() }, /give it validation\./);
  await refusal({ colour: "red" }, /no option "colour"; it has validation, epochs, batchSize,/);
});

testOnCpu("a function in the place of what it makes is to be called", async () => {
  await refusal({ optimizer: optimizers.adam }, /optimizer is the function adam.*call it/);
  await refusal({ optimizer: "adam" }, /optimizer cannot be "adam"; give it optimizers\.adam\(\)/);
  await refusal({ schedule: schedules.cosine }, /schedule is the function cosine.*call it/);
  await refusal({ balancer: cagrad }, /balancer is the function cagrad.*balancer: cagrad\(\)/);
});

testOnCpu("all parts of a split are no data to train or measure on", async () => {
  const parts = twoTasks().split({ train: 0.5, validation: 0.25, test: 0.25 }, { seed: 1 });
  const wrong = parts as unknown as typeof parts.train;
  const model = smallModel();
  await rejects(
    fit(model, wrong),
    /training data are the parts train, validation, test together.*parts\.train\./,
  );
  await refusal({ validation: parts }, /validation data are the parts.*parts\.validation\./);
  await rejects(evaluate(model, wrong), /The data are the parts.*parts\.test\./);
  const [first] = [undefined] as unknown as (typeof wrong)[];
  await rejects(fit(model, first), /training data must be a data set.*are missing/);
  ok(!model.built);
});

testOnCpu("outputs of a task that the model has not are refused", () => {
  const model = builtModel();
  const point = tf.ones([1, 2]);
  throws(
    () => model.outputs({ point }, ["sid" as "side"]),
    /no task "sid"; it has "side", "height"/,
  );
  point.dispose();
  model.dispose();
});

Deno.test("units of an MLP are a list", () => {
  const mlp = (options: unknown) => encoders.mlp(options as { units: number[] });
  throws(() => mlp({ units: 64 }), /mlp needs `units`.*has 64; give it units: \[64\]/);
  for (const options of [undefined, {}, { unit: [64] }]) {
    throws(() => mlp(options), { name: "TypeError", message: /has none; give it units: \[64\]/ });
  }
  const table = { numbers: 1, categories: [2], units: 8 as unknown as number[] };
  throws(() => encoders.embeddingMlp(table), /embeddingMlp.*units: \[8\]/);
});
