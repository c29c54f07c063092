import { ok } from "node:assert/strict";
import {
  adversarialSharedPrivate,
  aitm,
  type Balancer,
  binary,
  cgc,
  dselectK,
  encoders,
  esmm,
  evaluate,
  famo,
  fit,
  graddrop,
  mgda,
  mmoe,
  MultiTaskDataset,
  omoe,
  optimizers,
  ple,
  Random,
} from "polytask";
import { testOnCpu } from "../_backends.ts";

const tasks = [binary("clicked"), binary("bought")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const architectures = {
  omoe,
  mmoe,
  cgc,
  ple,
  dselectK,
  esmm,
  aitm,
  adversarialSharedPrivate,
};
const families: Readonly<Record<string, () => Balancer>> = {
  losses: () => famo(),
  gramian: () => mgda(),
  jacobian: () => graddrop({ seed: 1 }),
};

/** Sixty rows; what is bought was clicked. */
function rows() {
  const random = new Random(1);
  const values = Float32Array.from({ length: 4 * 60 }, () => random.normal());
  const label = (features: number) =>
    Float32Array.from(
      { length: 60 },
      (_, row) => Number(values.subarray(4 * row, 4 * row + features).every((value) => value > 0)),
    );
  return MultiTaskDataset.from({
    inputs: { x: { values, shape: [4] } },
    targets: {
      clicked: { values: label(1), shape: [] },
      bought: { values: label(2), shape: [] },
    },
  });
}

for (const [family, balancer] of Object.entries(families)) {
  for (const batching of ["joint", "by-task"] as const) {
    testOnCpu(`mixtures and funnels train with ${batching} batches, by ${family}`, async () => {
      for (const [name, make] of Object.entries(architectures)) {
        const model = make({ encoder, tasks, seed: 1 }).build({ inputs: { x: [4] } });
        const data = rows();
        const before = await evaluate(model, data);
        await fit(model, data, {
          epochs: 15,
          batchSize: 20,
          seed: 1,
          balancer: balancer(),
          batching,
          optimizer: optimizers.adam({ learningRate: 0.01 }),
          observer: false,
        });
        const after = await evaluate(model, data);
        ok(after.clicked.loss < before.clicked.loss, `${name}: clicked`);
        ok(after.bought.loss < before.bought.loss, `${name}: bought`);
        model.dispose();
      }
    });
  }
}
