import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { adversarialSharedPrivate, binary, encoders } from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";

const tasks = [binary("books"), binary("films")] as const;
const inputs = { x: [3] };
const make = (strengths: { readonly adversarial?: number; readonly orthogonality?: number }) =>
  adversarialSharedPrivate({ encoder: encoders.mlp({ units: [4] }), tasks, seed: 1, ...strengths })
    .build({ inputs });

type Model = ReturnType<typeof make>;

const penaltyOf = (model: Model, x: tf.Tensor, asked: readonly ("books" | "films")[]) => {
  const { outputs, penalty } = model.forward({ x }, asked, { training: true });
  tf.dispose(outputs);
  return penalty!;
};

const variable = (model: Model, wanted: string) =>
  model.namedVariables().find(({ name }) => name === wanted)!.variable;

testOnBackends(
  "the gradient of the discriminator's loss is turned round on its way down",
  async () => {
    const model = make({ adversarial: 0.1, orthogonality: 0 });
    const x = tf.randomNormal([6, 3], 0, 1, "float32", 4);
    const { value, grads } = tf.variableGrads(() => penaltyOf(model, x, ["books"]));
    const slopes = Object.fromEntries(
      await Promise.all(
        ["shared/dense 1/2 dense/kernel", "shared/discriminator/kernel"].map(async (name) =>
          [name, Array.from(await grads[variable(model, name).name].data())] as const
        ),
      ),
    );
    for (const [name, slope] of Object.entries(slopes)) {
      const weights = variable(model, name);
      const before = weights.clone();
      for (const at of [0, 2]) {
        const shifted = async (by: number) => {
          tf.tidy(() => {
            const step = tf.oneHot([at], weights.size).toFloat().reshape(weights.shape).mul(by);
            weights.assign(before.add(step));
          });
          return (await take(penaltyOf(model, x, ["books"])))[0];
        };
        const rise = (await shifted(0.01) - await shifted(-0.01)) / 0.02;
        const sign = name.includes("discriminator") ? 1 : -1;
        near([sign * slope[at]], [rise], 1e-4, name);
      }
      weights.assign(before);
      before.dispose();
    }
    ok(Object.values(slopes).every((slope) => slope.some((each) => Math.abs(each) > 1e-3)));
    tf.dispose([x, value, grads]);
    model.dispose();
  },
);

testOnBackends(
  "the penalty is the cross-entropy of the discriminator plus the overlaps",
  async () => {
    const x = tf.randomNormal([5, 3], 0, 1, "float32", 9);
    const rows = await x.array() as number[][];
    const model = make({ adversarial: 2, orthogonality: 3 });
    const kernels = await Promise.all(
      ["shared/dense 1/2 dense", "task books/dense 1/2 dense", "task films/dense 1/2 dense"].map(
        async (name) => await variable(model, `${name}/kernel`).array() as number[][],
      ),
    );
    const times = (row: readonly number[], kernel: readonly (readonly number[])[]) =>
      kernel[0].map((_, at) => row.reduce((sum, value, from) => sum + value * kernel[from][at], 0));
    const [shared, books, films] = kernels.map((kernel) =>
      rows.map((row) => times(row, kernel).map((value) => Math.max(0, value)))
    );
    const discriminator = await variable(model, "shared/discriminator/kernel")
      .array() as number[][];
    const surprise = (target: readonly number[]) =>
      shared.reduce((sum, features) => {
        const logits = times(features, discriminator);
        const total = Math.log(logits.reduce((all, logit) => all + Math.exp(logit), 0));
        return sum + target.reduce((each, share, at) => each - share * (logits[at] - total), 0);
      }, 0) / rows.length;
    const overlap = (own: readonly (readonly number[])[]) => {
      let sum = 0;
      for (let one = 0; one < 4; one++) {
        for (let other = 0; other < 4; other++) {
          const product = own.reduce((all, row, at) => all + shared[at][one] * row[other], 0);
          sum += (product / rows.length) ** 2;
        }
      }
      return sum;
    };
    const got = (asked: readonly ("books" | "films")[]) => take(penaltyOf(model, x, asked));
    near(await got(["books"]), [2 * surprise([1, 0]) + 3 * overlap(books)]);
    near(await got(["films"]), [2 * surprise([0, 1]) + 3 * overlap(films)]);
    near(await got(["books", "films"]), [
      2 * surprise([0.5, 0.5]) + 3 * (overlap(books) + overlap(films)),
    ]);
    x.dispose();
    model.dispose();
  },
);

testOnCpu("encoder and discriminator are shared, private encoder and head belong to a task", () => {
  const model = make({});
  deepStrictEqual(model.parameterCounts(), {
    shared: 3 * 4 + 4 + 4 * 2 + 2,
    byTask: { books: 16 + 9, films: 16 + 9 },
    total: 26 + 50,
  });
  strictEqual(model.sharedVariables().length, 4);
  throws(() => make({ adversarial: -1 }), /adversarial must be from 0, but is -1/);
  model.dispose();
});
