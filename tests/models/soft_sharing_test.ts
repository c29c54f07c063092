import { ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  classification,
  encoders,
  hardSharing,
  type MultiTaskModel,
  regression,
  softSharing,
  type Task,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near, take } from "../_numbers.ts";
import { twoTasks } from "../_two_tasks.ts";
import { perturb } from "./_perturb.ts";

const tasks = [classification("side", { classes: 2 }), regression("height")] as const;
const encoder = encoders.mlp({ units: [6, 4] });
const inputs = { point: [2] };

/** Variables by names in which the towers of both tasks and one shared tower are called alike. */
function byPlace(model: MultiTaskModel, task: string): Map<string, tf.Variable> {
  const places = model.namedVariables().filter(({ name }) =>
    name.startsWith(`task ${task}/`) || name.startsWith("shared/")
  );
  return new Map(
    places.map(({ name, variable }) => [name.replace(/^(task [^/]+|shared)\//, ""), variable]),
  );
}

/**
 * Plain gradient descent on the sum of the losses and the penalty, over the whole data. A shared
 * tower goes on with the mean of the tasks' gradients: that is how the mean of tied towers moves.
 */
function descend(model: MultiTaskModel, steps: number, rate: number): void {
  const batch = twoTasks({ size: 32 }).batch(Array.from({ length: 32 }, (_, at) => at));
  const shared = new Set(model.sharedVariables().map(({ name }) => name));
  const trained = model.taskNames.flatMap((name) => model.taskVariables(name));
  for (let step = 0; step < steps; step++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => {
        const { outputs, penalty } = model.forward(batch.inputs, model.taskNames, {
          training: true,
        });
        const losses = model.tasks.map((task: Task) =>
          task.rowLosses(
            outputs[task.name],
            (batch.targets as Record<string, tf.Tensor>)[task.name],
          ).mean()
        );
        return tf.addN(penalty ? [...losses, penalty] : losses) as tf.Scalar;
      }, [...model.sharedVariables(), ...trained]);
      for (const variable of [...model.sharedVariables(), ...trained]) {
        const length = shared.has(variable.name) ? rate / model.tasks.length : rate;
        variable.assign(variable.sub(grads[variable.name].mul(length)));
      }
    });
  }
  batch.dispose();
}

async function outputsOf(model: MultiTaskModel): Promise<number[]> {
  const point = tf.randomNormal([8, 2], 0, 1, "float32", 4);
  const outputs = model.outputs({ point });
  point.dispose();
  return (await Promise.all(model.taskNames.map((name) => take(outputs[name])))).flat();
}

const largest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, at) => Math.abs(value - b[at])));

/** A hard-sharing model and two towers with its weights, both trained for as long. */
async function trained(
  { strength, steps, rate }: { strength: number; steps: number; rate: number },
) {
  const hard = hardSharing({ encoder, tasks, seed: 1 }).build({ inputs });
  const soft = softSharing({ encoder, tasks, strength, seed: 2 }).build({ inputs });
  for (const { name } of tasks) {
    const start = byPlace(hard, name);
    byPlace(soft, name).forEach((variable, place) => variable.assign(start.get(place)!));
  }
  descend(hard, steps, rate);
  descend(soft, steps, rate);
  const after = { hard: await outputsOf(hard), soft: await outputsOf(soft) };
  // One tower with the mean of the weights of both, and the heads as they are.
  const [side, height] = tasks.map(({ name }) => byPlace(soft, name));
  for (const { name } of tasks) {
    byPlace(hard, name).forEach((variable, place) =>
      tf.tidy(() =>
        variable.assign(
          place.startsWith("head/")
            ? byPlace(soft, name).get(place)!
            : side.get(place)!.add(height.get(place)!).div(2),
        )
      )
    );
  }
  const averaged = await outputsOf(hard);
  hard.dispose();
  soft.dispose();
  return { ...after, averaged };
}

testOnCpu("towers tied without end are one tower", async () => {
  // Half the inverse of the step length is the strongest tie with which descent does not diverge:
  // every step brings the towers to their mean. So the tie grows as steps get shorter.
  const weak = await trained({ strength: 50, steps: 20, rate: 0.01 });
  const strong = await trained({ strength: 500, steps: 200, rate: 0.001 });
  const free = await trained({ strength: 0, steps: 20, rate: 0.01 });
  for (const other of ["averaged", "hard"] as const) {
    const [apart, tied, one] = [free, weak, strong].map((each) => largest(each.soft, each[other]));

    ok(apart > 0.2 && tied < 0.05 && one < 3e-3, `${other}: ${apart}, ${tied}, ${one}`);
    ok(one < tied / 4, `${other}: ten times the tie leaves ${one} of ${tied}`);
  }
});

testOnBackends("the tie of a learned covariance is tr(Wᵀ Ω⁻¹ W) at its best Ω", async () => {
  const strength = 0.3;
  const model = softSharing({ encoder, tasks, tie: "covariance", strength, seed: 1 })
    .build({ inputs });
  // Biases would be rows of zeros.
  perturb(model);
  const point = tf.ones([2, 2]);
  const { value, grads } = tf.variableGrads(() => {
    const { penalty } = model.forward({ point }, model.taskNames, { training: true });
    return penalty!;
  });
  let sum = 0;
  for (const [place, side] of byPlace(model, "side")) {
    if (place.startsWith("head/")) continue;
    const copies = [side, byPlace(model, "height").get(place)!];
    const rows = await Promise.all(copies.map((copy) => copy.data<"float32">()));
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((all, x, at) => all + x * b[at], 0);
    const [a, b, c] = [dot(rows[0], rows[0]), dot(rows[0], rows[1]), dot(rows[1], rows[1])];
    // With Ω = (W Wᵀ)^½ / tr (W Wᵀ)^½ the tie is (σ₁ + σ₂)², of two rows tr(W Wᵀ) + 2 √det(W Wᵀ).
    const root = Math.sqrt(a * c - b * b);
    sum += a + c + 2 * root;
    // Its slope is 2 (1 + √det (W Wᵀ)⁻¹) W.
    const slope = [[1 + c / root, -b / root], [-b / root, 1 + a / root]];
    for (const [at, copy] of copies.entries()) {
      near(
        await grads[copy.name].data(),
        Array.from(
          rows[0],
          (_, column) =>
            2 * strength * (slope[at][0] * rows[0][column] + slope[at][1] * rows[1][column]),
        ),
        1e-3,
        `${place} of ${tasks[at].name}`,
      );
    }
  }
  near(await take(value), [strength * sum], 1e-4);
  tf.dispose([point, grads]);
  model.dispose();
});
