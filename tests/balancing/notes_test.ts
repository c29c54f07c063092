import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  type Balancer,
  cagrad,
  equalWeights,
  fairgrad,
  paretoMtl,
  sdmgrad,
} from "../../lib/balancing/mod.ts";
import { MultiTaskDataset } from "../../lib/data/mod.ts";
import { encoders, hardSharing } from "../../lib/models/mod.ts";
import { regression } from "../../lib/tasks/mod.ts";
import { fit } from "../../lib/training/mod.ts";

await tf.setBackend("cpu");

Deno.test("ParetoMTL says when its quadratic program did not converge", () => {
  const balancer = paretoMtl({ preferences: [[1, 1, 1]], chosen: 0 });
  balancer.weights([[1, 0, 0], [0, 1, 0], [0, 0, 1]], undefined, { losses: [1, 1, 1] });
  deepStrictEqual(balancer.report?.().notes, undefined);
  // No Gramian: what rounding, or two samples, can make of one.
  balancer.weights([[1, -4, -4], [-4, 1, -4], [-4, -4, 1]], undefined, { losses: [1, 1, 1] });
  deepStrictEqual(balancer.report?.().notes, ["not converged: the shortest combination"]);
});

Deno.test("CAGrad says when a quadratic program on its way did not converge", () => {
  const balancer = cagrad();
  balancer.weights([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  deepStrictEqual(balancer.report?.().notes, undefined);
  balancer.weights([[1, -6, 3], [-6, 1, 3], [3, 3, 1]]);
  deepStrictEqual(balancer.report?.().notes, ["not converged: the inner problem of CAGrad"]);
});

Deno.test("SDMGrad says when two samples give it no scale, and keeps its weights", () => {
  const balancer = sdmgrad({ lambda: 0 });
  const moved = balancer.weights([[1, 0], [0, 4]]);
  deepStrictEqual(balancer.report?.().notes, undefined);
  const kept = balancer.weights([[-1, 0.5], [0.2, -3]]);
  deepStrictEqual(kept, moved);
  ok(balancer.report?.().notes?.[0].startsWith("weights not moved"));
});

Deno.test("fit notes the steps in which clipNorm shortened the gradient", async () => {
  const data = MultiTaskDataset.from({
    inputs: { x: { values: Float32Array.from([1, 2, 3, 4]), shape: [1] } },
    targets: { y: { values: Float32Array.from([40, 30, 20, 10]), shape: [] } },
  });
  const notesWith = async (clipNorm?: number, balancer: Balancer = equalWeights()) => {
    const before = tf.memory().numTensors;
    const tasks = [regression("y")];
    const model = hardSharing({ encoder: encoders.mlp({ units: [16] }), tasks, seed: 1 });
    const settings = { balancer, clipNorm, epochs: 1, batchSize: 4, seed: 1 };
    const { steps } = await fit(model, data, { ...settings, observer: false });
    model.dispose();
    strictEqual(tf.memory().numTensors, before);
    return steps[0].notes;
  };
  strictEqual(await notesWith(), undefined);
  strictEqual(await notesWith(1e6), undefined);
  const [note] = await notesWith(1e-3) as string[];
  ok(/^clipNorm: the gradient had length \d+(\.\d+)?$/.test(note), note);
  const both = await notesWith(1e-4, fairgrad({ maxNorm: 1e-3 })) as string[];
  deepStrictEqual(both.map((text) => text.split(":")[0]), ["clipped", "clipNorm"]);
});
