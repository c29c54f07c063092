import { deepStrictEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { schedules } from "polytask";
import { near } from "../_numbers.ts";

const { constant, cosine, exponentialDecay, stepDecay, warmUp } = schedules;

/** The factors of the first steps of a run of 3 steps an epoch. */
const factors = (schedule: schedules.Schedule, steps: number, totalSteps = steps) =>
  Array.from(
    { length: steps },
    (_, step) => schedule.factor({ step, totalSteps, epoch: Math.floor(step / 3) }),
  );

Deno.test("each schedule follows its formula", () => {
  deepStrictEqual(factors(constant(), 3), [1, 1, 1]);
  near(
    factors(stepDecay({ epochs: 2, factor: 0.1 }), 14),
    [...new Array(6).fill(1), ...new Array(6).fill(0.1), 0.01, 0.01],
    1e-12,
  );
  near(factors(exponentialDecay({ factor: 0.5 }), 7), [1, 1, 1, 0.5, 0.5, 0.5, 0.25], 1e-12);
  const half = (step: number) => (1 + Math.cos(Math.PI * step / 4)) / 2;
  near(factors(cosine(), 4), [1, half(1), 0.5, half(3)], 1e-12);
  near(
    factors(cosine({ floor: 0.2 }), 4),
    [1, 0.2 + 0.8 * half(1), 0.6, 0.2 + 0.8 * half(3)],
    1e-12,
  );
  near(factors(warmUp({ steps: 4 }), 6), [0.25, 0.5, 0.75, 1, 1, 1], 1e-12);
});

Deno.test("warm-up goes over into another schedule", () => {
  const schedule = warmUp({ steps: 2, then: exponentialDecay({ factor: 0.5 }) });
  near(factors(schedule, 6), [0.5, 1, 1, 0.5, 0.5, 0.5], 1e-12);
  deepStrictEqual(schedule.configuration, {
    steps: 2,
    then: { name: "exponential decay", factor: 0.5 },
  });
});

Deno.test("cosine falls from 1 to its floor and stays there", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), (
      totalSteps,
      floor,
    ) => {
      const seen = factors(cosine({ floor }), totalSteps + 3, totalSteps);
      near([seen[0]], [1], 1e-12);
      near(seen.slice(totalSteps), [floor, floor, floor], 1e-12);
      seen.slice(1).forEach((factor, at) => ok(factor <= seen[at] + 1e-12));
    }),
    { seed: 7, numRuns: 100 },
  );
});

Deno.test("settings that make no schedule are refused by name", () => {
  throws(() => stepDecay({ epochs: 0, factor: 0.5 }), /epochs.*stepDecay cannot be 0/);
  throws(() => stepDecay({ epochs: 1, factor: -1 }), /factor.*stepDecay cannot be -1/);
  throws(() => exponentialDecay({ factor: NaN }), /factor.*exponentialDecay cannot be NaN/);
  throws(() => cosine({ floor: 2 }), /floor.*cosine cannot be 2/);
  throws(() => warmUp({ steps: 0 }), /steps.*warmUp cannot be 0/);
});
