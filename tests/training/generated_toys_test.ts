/** Where balancing ends on generated problems whose ends are known. */
import { ok } from "node:assert/strict";
import {
  equalWeights,
  gradnorm,
  type GramianBalancer,
  type LossBalancer,
  uncertaintyWeights,
} from "../../lib/balancing/mod.ts";
import { unequalNoise, unequalScales } from "../../lib/data/mod.ts";
import { encoders, hardSharing, layers } from "../../lib/models/mod.ts";
import { regression } from "../../lib/tasks/mod.ts";
import { fit, optimizers, schedules } from "../../lib/training/mod.ts";
import { testOnCpu } from "../_backends.ts";

testOnCpu(
  "uncertainty weighting ends at the residuals of least squares, on the published rows",
  async () => {
    const dataset = unequalNoise({ generator: "numpy" });
    const model = hardSharing({
      encoder: encoders.encoder("trunk", [{
        name: "linear",
        layers: [layers.dense({ units: 2 })],
      }]),
      tasks: [regression("noisy"), regression("clean")],
      seed: 7,
    });
    const { steps } = await fit(model, dataset, {
      epochs: 400,
      batchSize: 100,
      seed: 7,
      optimizer: optimizers.adam({ learningRate: 0.05 }),
      schedule: schedules.cosine(),
      balancer: uncertaintyWeights({ initial: [5, 3], learningRate: 0.025 }),
      observer: false,
    });
    const { noisy, clean } = steps.at(-1)!.weights!;
    // The weight is e^-s / 2 with s = log σ².
    const deviation = (weight: number) => Math.sqrt(1 / (2 * weight));
    ok(Math.abs(deviation(noisy) / 10.28188628 - 1) < 1e-3, `${deviation(noisy)}`);
    ok(Math.abs(deviation(clean) / 0.94924083 - 1) < 1e-3, `${deviation(clean)}`);
    model.dispose();
  },
);

async function lossesBySquare(balancer: LossBalancer | GramianBalancer) {
  const factors = [1, 100];
  const { train, test } = unequalScales({
    factors,
    inputs: 12,
    outputs: 4,
    train: 400,
    validation: 0,
    test: 200,
    seed: 3,
  });
  const model = hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: [regression("task1", { outputs: 4 }), regression("task2", { outputs: 4 })],
    seed: 3,
  });
  const history = await fit(model, train, {
    epochs: 30,
    batchSize: 100,
    seed: 3,
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    balancer,
    observer: false,
  });
  const { task1, task2 } = await model.evaluate(test);
  model.dispose();
  return {
    losses: [task1.loss / factors[0] ** 2, task2.loss / factors[1] ** 2],
    weights: history.steps.at(-1)!.weights!,
  };
}

testOnCpu(
  "GradNorm gives the task in small units the weight that its scale takes away",
  async () => {
    const equal = await lossesBySquare(equalWeights());
    const balanced = await lossesBySquare(gradnorm({ alpha: 0.12, learningRate: 5e-4 }));
    const { task1, task2 } = balanced.weights;
    // The gradients differ by a factor of about 10,000: the weights end at the smallest share.
    ok(Math.abs(task1 + task2 - 2) < 1e-9 && task1 > 1.99, `${task1}, ${task2}`);
    ok(balanced.losses[0] < 0.95 * equal.losses[0], `${balanced.losses} and ${equal.losses}`);
  },
);
