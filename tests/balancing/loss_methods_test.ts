import { deepStrictEqual, ok, rejects, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import type { LossBalancer } from "../../lib/balancing/balancer.ts";
import { dwaWeights } from "../../lib/balancing/losses/dwa.ts";
import { famoGradient, famoWeights } from "../../lib/balancing/losses/famo.ts";
import { geometricMeanOf } from "../../lib/balancing/losses/geometric_mean.ts";
import { imtlLGradient } from "../../lib/balancing/losses/imtl_l.ts";
import { lossMethods } from "../../lib/balancing/losses/mod.ts";
import { uncertaintyGradient } from "../../lib/balancing/losses/uncertainty.ts";
import { softmax } from "../../lib/math/softmax.ts";
import { conformance } from "./_conformance.ts";

await tf.setBackend("cpu");

type Name = keyof typeof lossMethods;

function make(name: string, options: Record<string, unknown> = {}): LossBalancer {
  const methods = lossMethods as unknown as Record<string, (options: unknown) => LossBalancer>;
  return methods[name](options);
}

function assertClose(found: ArrayLike<number>, expected: readonly number[], tolerance: number) {
  ok(
    found.length === expected.length &&
      expected.every((value, i) => Math.abs(found[i] - value) <= tolerance),
    `found [${Array.from(found).join(", ")}], expected [${expected.join(", ")}]`,
  );
}

/** Value of the balancer's scalar and its derivatives by automatic differentiation. */
async function differentiate(balancer: LossBalancer, losses: number[], present?: number[]) {
  const positions = present ?? losses.map((_, i) => i);
  const result = tf.tidy(() => {
    const combined = (...scalars: tf.Tensor[]) =>
      balancer.combine(scalars as tf.Scalar[], positions);
    const { value, grads } = tf.valueAndGrads(combined)(losses.map((loss) => tf.scalar(loss)));
    return { value, gradient: tf.stack(grads) };
  });
  const value = (await result.value.data())[0];
  const gradient = await result.gradient.data();
  tf.dispose([result.value, result.gradient]);
  return { value, gradient };
}

for (const { name, method, options, steps, tolerance } of conformance.lossMethods) {
  if (steps[0].normals) {
    Deno.test(name, () => assertClose(softmax(steps[0].normals!), steps[0].weights!, tolerance));
    continue;
  }
  Deno.test(name, async () => {
    const balancer = make(method, options);
    const count = steps.find((step) => step.losses)!.losses!.length;
    balancer.reset?.(Array.from({ length: count }, (_, i) => `task ${i}`));
    for (const step of steps) {
      if (step.epochLosses) balancer.epochEnd?.(step.epochLosses);
      if (step.lossesAfterStep) {
        balancer.afterStep?.(step.lossesAfterStep, step.lossesAfterStep.map((_, i) => i));
      }
      if (!step.losses) continue;
      const { losses, value, weights } = step;
      const found = await differentiate(balancer, losses);
      if (value !== undefined) assertClose([found.value], [value], tolerance);
      if (weights) {
        assertClose(found.gradient, weights, tolerance);
        balancer.observe?.(losses, losses.map((_, i) => i));
        assertClose(balancer.report!().weights!, weights, tolerance);
      }
      if (step.preferences) {
        // The weights are proportional to preferences over losses.
        const parts = Array.from(found.gradient, (weight, i) => weight * losses[i]);
        const sum = parts.reduce((a, b) => a + b);
        assertClose(parts.map((part) => part / sum), step.preferences, 1e-5);
      }
      if (step.parameterGradient) {
        const initial = (options?.initial as number[] | undefined) ?? losses.map(() => 0);
        const kinds = options?.kinds as string[] | undefined;
        const factors = kinds?.map((kind) => kind === "classification" ? 1 : 0.5);
        const gradient = method === "imtl-l"
          ? imtlLGradient(losses, initial)
          : uncertaintyGradient(losses, initial, factors);
        assertClose(gradient, step.parameterGradient, tolerance);
      }
    }
  });
}

const samples: [Name, Record<string, unknown>][] = [
  ["equal", {}],
  ["equal", { reduction: "mean" }],
  ["fixed", { weights: [0.5, 2, 1] }],
  ["uncertainty", { kinds: ["regression", "classification", "regression"], initial: [0.3, -1, 2] }],
  ["imtl-l", { initial: [0.3, -1, 2] }],
  ["rlw", {}],
  ["rlw", { distribution: "uniform" }],
  ["rlw", { distribution: "dirichlet" }],
  ["rlw", { distribution: "bernoulli" }],
  ["rlw", { distribution: "constrained-bernoulli" }],
  ["dwa", {}],
  ["geometric-mean", {}],
  ["scale-invariant", {}],
  ["stch", { smoothing: 0.5 }],
  ["stch", { smoothing: 1, warmUpEpochs: 2 }],
  ["stch", { smoothing: 0.5, warmUpEpochs: 2, reference: [0.1, 0, 0.2], preference: [1, 2, 1] }],
  ["cosmos", {}],
  ["cosmos", { preference: [1, 2, 0], lambda: 3 }],
  ["pbi", {}],
  ["pbi", { preference: [1, 2, 0], penalty: 2, reference: [0.1, 0, 0.2] }],
  ["famo", {}],
  ["famo", { minimum: [0.1, 0, 0.2] }],
];

for (const [name, options] of samples) {
  const title = `${name} ${JSON.stringify(options)}`;

  Deno.test(`${title}: reported weights are the derivatives of the loss`, async () => {
    const balancer = make(name, options);
    balancer.reset?.(["a", "b", "c"]);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 6; step++) {
      const present = step === 3 ? [0, 2] : [0, 1, 2];
      const losses = present.map((task) => 1.5 + Math.sin(step + 2 * task));
      const { gradient } = await differentiate(balancer, losses, present);
      balancer.observe?.(losses, present);
      assertClose(gradient, [...balancer.report!().weights!], 1e-5);
      balancer.afterStep?.(losses.map((loss) => 0.9 * loss), present);
      if (step % 2 === 1) balancer.epochEnd?.([1 + step, 2, 3 - 0.3 * step]);
    }
    deepStrictEqual(tf.memory().numTensors, before);
  });

  Deno.test(`${title}: state goes on exactly`, async () => {
    const run = async (balancer: LossBalancer, from: number, to: number) => {
      const seen: unknown[] = [];
      for (let step = from; step < to; step++) {
        const losses = [0, 1, 2].map((task) => 1.5 + Math.sin(step + 2 * task));
        const { value } = await differentiate(balancer, losses);
        balancer.observe?.(losses, [0, 1, 2]);
        seen.push(value, balancer.report?.());
        balancer.afterStep?.(losses.map((loss, task) => loss * (0.9 + 0.01 * task)), [0, 1, 2]);
        if (step % 2 === 1) balancer.epochEnd?.([1 + step, 2, 3 - 0.3 * step]);
      }
      return seen;
    };
    const whole = make(name, options);
    whole.reset?.(["a", "b", "c"]);
    const expected = await run(whole, 0, 8);
    const first = make(name, options);
    first.reset?.(["a", "b", "c"]);
    await run(first, 0, 4);
    const second = make(name, options);
    second.reset?.(["a", "b", "c"]);
    second.restore?.(JSON.parse(JSON.stringify(first.state?.() ?? {})));
    deepStrictEqual(await run(second, 4, 8), expected.slice(8));
    whole.reset?.(["a", "b", "c"]);
    deepStrictEqual(await run(whole, 0, 8), expected);
  });
}

Deno.test("IMTL-L(s) is twice uncertainty weighting at -s", async () => {
  const losses = [0.4, 3, 1.2];
  const scales = [0.7, -0.2, 1.1];
  const impartial = await differentiate(make("imtl-l", { initial: scales }), losses);
  const uncertain = await differentiate(
    make("uncertainty", { initial: scales.map((s) => -s) }),
    losses,
  );
  ok(Math.abs(impartial.value - 2 * uncertain.value) < 1e-5);
  assertClose(impartial.gradient, Array.from(uncertain.gradient, (weight) => 2 * weight), 1e-5);
});

Deno.test("uncertainty weighting learns s = log L, IMTL-L s = -log L", () => {
  const losses = [4, 0.25];
  for (const [name, expected] of [["uncertainty", [0.125, 2]], ["imtl-l", [0.25, 4]]] as const) {
    const balancer = make(name, { learningRate: 0.01 });
    balancer.reset?.(["a", "b"]);
    for (let step = 0; step < 3000; step++) balancer.observe?.(losses, [0, 1]);
    assertClose(balancer.report!().weights!, [...expected], 1e-3);
  }
});

Deno.test("RLW's weights sum to 1 and are 1/K on average for every distribution", async () => {
  for (
    const distribution of ["normal", "uniform", "dirichlet", "bernoulli", "constrained-bernoulli"]
  ) {
    const balancer = make("rlw", { distribution, seed: 9 });
    const draws = 4000;
    const sums = [0, 0, 0];
    const squares = [0, 0, 0];
    for (let draw = 0; draw < draws; draw++) {
      tf.tidy(() => balancer.combine([1, 1, 1].map((loss) => tf.scalar(loss)), [0, 1, 2]));
      balancer.observe?.([1, 1, 1], [0, 1, 2]);
      const weights = balancer.report!().weights!;
      ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
      weights.forEach((weight, i) => {
        sums[i] += weight;
        squares[i] += weight * weight;
      });
    }
    sums.forEach((sum, i) => {
      const mean = sum / draws;
      const deviation = Math.sqrt((squares[i] / draws - mean * mean) / draws);
      ok(Math.abs(mean - 1 / 3) < 5 * deviation, `${distribution}: ${mean} +- ${deviation}`);
    });
  }
  await Promise.resolve();
});

Deno.test("RLW's coins give equal shares to some tasks, the constrained ones all to one", () => {
  for (const [distribution, kinds] of [["bernoulli", 7], ["constrained-bernoulli", 3]] as const) {
    const balancer = make("rlw", { distribution });
    const seen = new Set<string>();
    for (let draw = 0; draw < 300; draw++) {
      tf.tidy(() => balancer.combine([1, 1, 1].map((loss) => tf.scalar(loss)), [0, 1, 2]));
      balancer.observe?.([1, 1, 1], [0, 1, 2]);
      const weights = balancer.report!().weights!;
      const heads = weights.filter((weight) => weight > 0);
      deepStrictEqual(heads, heads.map(() => 1 / heads.length));
      seen.add(weights.join());
    }
    deepStrictEqual(seen.size, kinds, distribution);
  }
});

Deno.test("COSMOS and PBI refuse settings out of range, and take losses of 0", async () => {
  throws(() => make("cosmos", { lambda: -1 }), /lambda must be 0 or more/);
  throws(() => make("pbi", { penalty: -1 }), /penalty must be 0 or more/);
  throws(() => make("pbi", { preference: [1, -1] }), /entries of 0 or more/);
  for (const name of ["cosmos", "pbi"]) {
    const { value, gradient } = await differentiate(make(name), [0, 0]);
    ok(Math.abs(value) < 1e-5 && gradient.every(Number.isFinite), name);
  }
});

Deno.test("DWA treats an unknown rate as 1 and says so", () => {
  const balancer = make("dwa");
  balancer.reset?.(["a", "b"]);
  balancer.epochEnd?.([0, 1]);
  balancer.epochEnd?.([0, NaN]);
  balancer.observe?.([1, 1], [0, 1]);
  deepStrictEqual(balancer.report?.(), {
    weights: [1, 1],
    notes: ["a rate of DWA is unknown and counts as 1"],
  });
  assertClose(dwaWeights([1, 4]), [0.36485105, 1.63514895], 1e-8);
});

Deno.test("FAMO: equal losses before and after leave the preferences; weights sum to 1", () => {
  assertClose(famoGradient([0.5, 0.5], [0, 0]), [0, 0], 0);
  assertClose(
    famoGradient([0.5, 0.5], [0.69314718, 0.28768207]),
    [0.10136628, -0.10136628],
    1e-8,
  );
  assertClose(famoWeights([1, 2], [0.5, 0.5]), [2 / 3, 1 / 3], 1e-12);
  throws(() => make("famo").afterStep?.([1, 2], [0, 1]), /saw none before/);
});

Deno.test("the smooth maximum approaches the largest term", async () => {
  for (const smoothing of [1, 0.1, 0.01, 1e-10]) {
    const { value } = await differentiate(make("stch", { smoothing }), [1, 3]);
    ok(value >= 1.5 - 1e-6 && value <= 1.5 + smoothing * Math.log(2) + 1e-6);
  }
});

Deno.test("losses that a method cannot take get a sentence", async () => {
  deepStrictEqual(geometricMeanOf([1, 0]), 0);
  throws(() => make("geometric-mean").observe?.([1, -1], [0, 1]), /above 0 only, but loss 1 is -1/);
  throws(() => make("scale-invariant").observe?.([0], [0]), /losses above 0, but loss 0 is 0/);
  throws(() => make("famo").observe?.([-1], [0]), /above their minimum/);
  const bounded = make("famo", { minimum: [0.5, 2] });
  throws(() => bounded.observe?.([1, 1.5], [0, 1]), /above their minimum \(2\), but loss 1 is 1.5/);
  bounded.observe?.([1, 2.5], [0, 1]);
  throws(() => bounded.afterStep?.([0.4, 2.5], [0, 1]), /but loss 0 is 0.4 after the step/);
  throws(() => bounded.afterStep?.([1, NaN], [0, 1]), /loss 1 is NaN then: the step was too long/);
  throws(() => bounded.afterStep?.([Infinity, 3], [0, 1]), /loss 0 is Infinity then/);
  throws(() => make("fixed", { weights: [-1] }), /0 or more/);
  throws(() => make("stch", { smoothing: 0 }), /above 0/);
  const warmed = make("stch", { warmUpEpochs: 1 });
  throws(() => warmed.observe?.([0, 1], [0, 1]), /logarithms of losses above 0, but loss 0 is 0/);
  warmed.observe?.([1, 1], [0, 1]);
  warmed.epochEnd?.([1, 1]);
  throws(() => warmed.observe?.([0, 1], [0, 1]), /logarithms of losses above 0, but loss 0 is 0/);
  throws(() => make("dwa", { temperature: 0 }), /above 0/);
  await rejects(
    differentiate(make("fixed", { weights: [1] }), [1, 2]),
    /"weights" of fixed has 1 entries, but the model has 2 tasks/,
  );
});
