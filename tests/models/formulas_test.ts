/** What joints, masks and choices compute, against the formulas of their papers on plain arrays. */
import * as tf from "@tensorflow/tfjs";
import {
  classification,
  encoders,
  learnedBranching,
  mtan,
  type MultiTaskModel,
  nddr,
  Random,
  regression,
} from "polytask";
import { testOnBackends } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { perturb } from "./_perturb.ts";

type Row = readonly number[];
/** The numbers of a variable, row-major. */
type Weights = (name: string) => Row;

const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const names = ["side", "height"] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const points = [[0.5, -1], [2, 0.25], [-0.75, -0.5]];

const relu = (row: Row) => row.map((value) => Math.max(0, value));
const sigmoid = (row: Row) => row.map((value) => 1 / (1 + Math.exp(-value)));
const plus = (a: Row, b: Row) => a.map((value, at) => value + b[at]);
const times = (a: Row, b: Row) => a.map((value, at) => value * b[at]);

/** A row times a matrix `[row, columns]`. */
function through(row: Row, matrix: Row): number[] {
  const columns = matrix.length / row.length;
  return Array.from(
    { length: columns },
    (_, column) => row.reduce((sum, value, at) => sum + value * matrix[at * columns + column], 0),
  );
}

/** A dense layer by the names of its variables. */
const layer = (weights: Weights, row: Row, name: string) =>
  plus(through(row, weights(`${name}/kernel`)), weights(`${name}/bias`));

async function weightsOf(model: MultiTaskModel): Promise<Weights> {
  const values = new Map<string, number[]>();
  for (const { name, variable } of model.namedVariables()) {
    values.set(name, Array.from(await variable.data()));
  }
  return (name) => values.get(name)!;
}

/** Compares what both heads give for the points with the features that a formula gives. */
async function compare(
  model: MultiTaskModel,
  features: (point: Row) => readonly Row[],
  outputs: Readonly<Record<string, tf.Tensor>>,
  weights: Weights,
): Promise<void> {
  for (const [at, name] of names.entries()) {
    const expected = points.map((point) =>
      layer(weights, features(point)[at], `task ${name}/head`)
    );
    near(await take(outputs[name]), expected.flat(), 1e-4, `${model.architecture.name}, ${name}`);
  }
}

testOnBackends("NDDR starts with 0.9 of its own channels and 0.1 of their like", async () => {
  const model = nddr({ encoder, tasks, seed: 1 }).build({ inputs: { point: [2] } });
  const weights = await weightsOf(model);
  for (const [task, name] of names.entries()) {
    const expected = Array.from({ length: 2 * 4 * 4 }, (_, at) => {
      const [row, column] = [Math.floor(at / 4), at % 4];
      if (row % 4 !== column) return 0;
      return Math.floor(row / 4) === task ? 0.9 : 0.1;
    });
    near(weights(`shared/join dense 2 to ${name}/kernel`), expected, 1e-7);
  }
  model.dispose();
});

testOnBackends("NDDR joins by a 1 x 1 convolution, batch normalisation and ReLU", async () => {
  const model = nddr({ encoder, tasks, seed: 1 }).build({ inputs: { point: [2] } });
  perturb(model);
  const weights = await weightsOf(model);
  const joined = (towers: readonly Row[], stage: string) =>
    names.map((name) => {
      const joint = `shared/join ${stage} to ${name}`;
      const mixed = through(towers.flat(), weights(`${joint}/kernel`));
      const [scale, offset, mean, variance] = ["scale", "offset", "moving mean", "moving variance"]
        .map((figure) => weights(`${joint}/norm/${figure}`));
      return relu(mixed.map((value, at) =>
        (value - mean[at]) / Math.sqrt(variance[at] + 1e-5) * scale[at] + offset[at]
      ));
    });
  const features = (point: Row) => {
    const towers = (rows: readonly Row[], stage: string) =>
      names.map((name, at) => relu(layer(weights, rows[at], `task ${name}/${stage}`)));
    const first = joined(towers([point, point], "dense 1/2 dense"), "dense 1");
    return joined(towers(first, "dense 2"), "dense 2");
  };
  const point = tf.tensor2d(points);
  await compare(model, features, model.outputs({ point }), weights);
  point.dispose();
  model.dispose();
});

testOnBackends("MTAN picks by a mask of what is shared and what was picked before", async () => {
  const model = mtan({ encoder, tasks, seed: 1 }).build({ inputs: { point: [2] } });
  perturb(model);
  const weights = await weightsOf(model);
  const features = (point: Row) => {
    const first = relu(layer(weights, point, "shared/dense 1/2 dense"));
    const second = relu(layer(weights, first, "shared/dense 2"));
    return names.map((name) => {
      const mask = (row: Row, stage: string) =>
        sigmoid(
          layer(
            weights,
            relu(layer(weights, row, `task ${name}/mask ${stage}/first`)),
            `task ${name}/mask ${stage}/second`,
          ),
        );
      const picked = times(mask(first, "dense 1"), first);
      const before = relu(layer(weights, picked, "shared/picked/dense 2"));
      return times(mask([...second, ...before], "dense 2"), second);
    });
  };
  const point = tf.tensor2d(points);
  await compare(model, features, model.outputs({ point }), weights);
  point.dispose();
  model.dispose();
});

testOnBackends("learned branches are drawn in training, softened by a temperature", async () => {
  const model = learnedBranching({ encoder, tasks, branches: 3, temperature: [4, 0.25], seed: 1 })
    .build({ inputs: { point: [2] } });
  perturb(model);
  const weights = await weightsOf(model);
  const point = tf.tensor2d(points);
  for (const [progress, temperature] of [[0, 4], [0.5, 1], [1, 0.25]]) {
    // The choice of the first head is drawn first.
    const random = new Random(7);
    const chosen = names.map((name) => {
      const powers = weights(`task ${name}/branch/logits`).map((logit) =>
        Math.exp((logit - Math.log(-Math.log(random.uniform()))) / temperature)
      );
      const total = powers.reduce((sum, power) => sum + power);
      return powers.map((power) => power / total);
    });
    const features = (point: Row) => {
      const first = relu(layer(weights, point, "shared/dense 1/2 dense"));
      const copies = [1, 2, 3].map((copy) =>
        relu(layer(weights, first, `shared/branch ${copy}/dense 2`))
      );
      return chosen.map((shares) =>
        copies.map((copy, at) => copy.map((value) => shares[at] * value)).reduce(plus)
      );
    };
    const context = { training: true, random: new Random(7), progress };
    const { outputs } = model.forward({ point }, names, context);
    await compare(model, features, outputs as Record<string, tf.Tensor>, weights);
  }
  point.dispose();
  model.dispose();
});
