import { ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { autoLambda, type Balancer, famo, modo, sdmgrad } from "../../lib/balancing/mod.ts";
import { MultiTaskDataset } from "../../lib/data/mod.ts";
import { Random } from "../../lib/math/random.ts";
import { encoders, hardSharing, layers } from "../../lib/models/mod.ts";
import { regression } from "../../lib/tasks/mod.ts";
import { fit, optimizers } from "../../lib/training/mod.ts";

await tf.setBackend("cpu");

const ROWS = 24;
const random = new Random(3);
// The second input is the same in all rows: its mean is that of any part of a batch.
const values = Float32Array.from({ length: 2 * ROWS }, (_, at) => at % 2 ? 5 : random.normal());
const target = () => ({
  values: Float32Array.from({ length: ROWS }, () => 1 + random.uniform()),
  shape: [] as number[],
});
const data = MultiTaskDataset.from({
  inputs: { point: { values, shape: [2] } },
  targets: { near: target(), far: target() },
});

/** Moving means and variances after two steps; batch norm looks at the inputs themselves. */
async function averagesAfter(balancer?: Balancer): Promise<number[]> {
  const { batchNorm, dense } = layers;
  const model = hardSharing({
    encoder: encoders.encoder("normalised", [
      { name: "first", layers: [batchNorm(), dense({ units: 3 })] },
    ]),
    tasks: [regression("near"), regression("far")],
    seed: 1,
  });
  const { steps } = await fit(model, data, {
    balancer,
    batchSize: 12,
    epochs: 1,
    seed: 1,
    observer: false,
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
  });
  ok(steps.length === 2);
  const moving = model.namedVariables().filter(({ name }) => name.includes("moving"));
  ok(moving.length === 2);
  const found = await Promise.all(moving.map(async ({ variable }) => [...await variable.data()]));
  model.dispose();
  return found.flat();
}

for (const balancer of [famo(), autoLambda({ trialRate: 10 })]) {
  Deno.test(`${balancer.name}: looking again does not move batch norm's averages`, async () => {
    const expected = await averagesAfter();
    const found = await averagesAfter(balancer);
    ok(
      expected.every((value, at) => Math.abs(found[at] - value) < 1e-6),
      `found ${found}, expected ${expected}`,
    );
  });
}

const everySecond = { every: 2 };
for (const balancer of [modo(), sdmgrad(), modo(everySecond)]) {
  const title = `${balancer.name} ${JSON.stringify(balancer.configuration.every)}`;
  Deno.test(`${title}: three samples make one update of batch norm's averages`, async () => {
    const [, mean, , variance] = await averagesAfter(balancer);
    ok(Math.abs(mean - 5 * (1 - 0.9 ** 2)) < 1e-5, `${mean}`);
    ok(Math.abs(variance - 0.9 ** 2) < 1e-5, `${variance}`);
  });
}
