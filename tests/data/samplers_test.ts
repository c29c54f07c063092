import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { data, Random } from "polytask";
import { near } from "../_numbers.ts";

const { fixed, proportional, roundRobin, temperature } = data.samplers;
type SampledSet = data.samplers.SampledSet;

const BATCH = 10;

function sets(...sizes: number[]): SampledSet[] {
  return sizes.map((size, at) => ({
    name: "abcdefgh"[at],
    size,
    batches: Math.ceil(size / BATCH),
  }));
}

function turns(
  sampler: data.samplers.Sampler,
  of: readonly SampledSet[],
  { steps = of.reduce((sum, { batches }) => sum + batches, 0), number = 0, seed = 1 } = {},
): number[] {
  const random = Random.stream(seed, `epoch ${number}`);
  return [...sampler.turns(of, { number, steps, random })];
}

const counts = (chosen: readonly number[], among: number) =>
  Array.from({ length: among }, (_, set) => chosen.filter((at) => at === set).length);

Deno.test("round robin takes turns and goes on where the epoch before ended", () => {
  const three = sets(20, 10, 20);
  deepStrictEqual(turns(roundRobin(), three), [0, 1, 2, 0, 1]);
  deepStrictEqual(turns(roundRobin(), three, { number: 1 }), [2, 0, 1, 2, 0]);
  deepStrictEqual(roundRobin().shares(three), [1 / 3, 1 / 3, 1 / 3]);
});

Deno.test("proportional takes every batch of every set once, in another order each epoch", () => {
  const three = sets(95, 11, 300);
  const [first, second] = [0, 1].map((number) => turns(proportional(), three, { number }));
  deepStrictEqual(counts(first, 3), [10, 2, 30]);
  deepStrictEqual(counts(second, 3), [10, 2, 30]);
  ok(first.some((set, at) => set !== second[at]));
  near(proportional().shares(three), [10 / 42, 2 / 42, 30 / 42], 1e-12);
});

Deno.test("proportional puts sets anywhere in the epoch alike", () => {
  // The place of the one batch of the small set is uniform over 4 places.
  const two = sets(30, 5);
  const places = Array.from(
    { length: 4000 },
    (_, seed) => turns(proportional(), two, { seed }).indexOf(1),
  );
  withinChance(counts(places, 4), [0.25, 0.25, 0.25, 0.25]);
});

Deno.test("temperature: shares follow the formula", () => {
  const shares = (sampler: data.samplers.Sampler) => sampler.shares(sets(10, 160));
  near(shares(temperature({ temperature: 1 })), [10 / 170, 160 / 170], 1e-12);
  near(shares(temperature({ temperature: 2 })), [1 / 5, 4 / 5], 1e-12);
  near(shares(temperature({ temperature: 4 })), [1 / 3, 2 / 3], 1e-12);
  deepStrictEqual(shares(temperature({ temperature: Infinity })), [0.5, 0.5]);
  deepStrictEqual(shares(temperature()), shares(temperature({ temperature: 5 })));
  deepStrictEqual(
    JSON.parse(JSON.stringify(temperature({ temperature: Infinity }).configuration)),
    { temperature: "Infinity" },
  );
});

Deno.test("temperature: hotter is more equal, and shares are chances, for any sizes", () => {
  const size = fc.integer({ min: 1, max: 1e9 });
  fc.assert(fc.property(
    fc.array(size, { minLength: 2, maxLength: 8 }),
    fc.double({ min: 1, max: 50, noNaN: true }),
    (sizes, degrees) => {
      const [cool, hot] = [degrees, 2 * degrees].map((temperature) =>
        data.samplers.temperature({ temperature }).shares(sets(...sizes))
      );
      near([cool.reduce((sum, share) => sum + share, 0)], [1], 1e-9);
      const spread = (shares: number[]) => Math.max(...shares) / Math.min(...shares);
      ok(spread(hot) <= spread(cool) * (1 + 1e-12));
      near([spread(cool)], [(Math.max(...sizes) / Math.min(...sizes)) ** (1 / degrees)], 1e-6);
    },
  ));
});

const drawing: Record<string, data.samplers.Sampler> = {
  "temperature 1": temperature({ temperature: 1 }),
  "temperature 5": temperature(),
  fixed: fixed({ a: 0.2, b: 0.5, c: 0.3 }),
};

for (const [name, sampler] of Object.entries(drawing)) {
  Deno.test(`draws come as often as the shares say: ${name}`, () => {
    const three = sets(1000, 30, 200);
    const chosen = turns(sampler, three, { steps: 6000, seed: 3 });
    withinChance(counts(chosen, 3), sampler.shares(three));
    // A draw tells nothing of the next: pairs come as often as the products of the shares say.
    const pairs = Array.from({ length: 3000 }, (_, at) => chosen[2 * at] * 3 + chosen[2 * at + 1]);
    const shares = sampler.shares(three);
    withinChance(counts(pairs, 9), shares.flatMap((first) => shares.map((next) => first * next)));
  });

  Deno.test(`another seed or epoch draws otherwise, the same alike: ${name}`, () => {
    const three = sets(1000, 300, 200);
    deepStrictEqual(turns(sampler, three), turns(sampler, three));
    for (const other of [{ seed: 2 }, { number: 1 }]) {
      ok(turns(sampler, three, other).join() !== turns(sampler, three).join());
    }
  });
}

Deno.test("a set without a chance never has a turn", () => {
  const sampler = fixed({ a: 0, b: 1, c: 0 });
  deepStrictEqual(counts(turns(sampler, sets(500, 500, 500), { steps: 500 }), 3), [0, 500, 0]);
});

Deno.test("every sampler gives a turn for each step, to sets that there are", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
    fc.nat(20),
    (sizes, number) => {
      const some = sets(...sizes);
      const even = Object.fromEntries(some.map(({ name }) => [name, 1 / some.length]));
      for (const sampler of [roundRobin(), proportional(), temperature(), fixed(even)]) {
        const chosen = turns(sampler, some, { number });
        strictEqual(chosen.length, some.reduce((sum, { batches }) => sum + batches, 0));
        ok(chosen.every((set) => Number.isInteger(set) && set >= 0 && set < some.length));
      }
    },
  ));
});

Deno.test("settings that make no sense are refused", () => {
  throws(
    () => temperature({ temperature: 0.5 }),
    /temperature must be a number from 1, but is 0.5/,
  );
  throws(() => temperature({ temperature: NaN }), /but is NaN/);
  throws(() => fixed({ a: 0.5, b: 0.4 }), /must add up to 1, but add up to 0\.9/);
  throws(() => fixed({ a: -1, b: 2 }), /chance of "a" must be from 0 to 1, but is -1/);
  throws(() => fixed({ a: NaN, b: 1 }), /chance of "a"/);
  throws(() => fixed({ a: 1 }).shares(sets(1, 1)), /set "b" has no chance/);
  throws(() => fixed({ a: 0.5, z: 0.5 }).shares(sets(1)), /a chance for "z", but no set/);
});

/**
 * Refuses counts that lie more than 5 standard deviations from what `shares` lets expect: for right
 * shares that happens to one seed in a million.
 */
function withinChance(found: readonly number[], shares: readonly number[]): void {
  const draws = found.reduce((sum, count) => sum + count, 0);
  shares.forEach((share, at) => {
    const deviation = Math.sqrt(draws * share * (1 - share));
    ok(
      Math.abs(found[at] - draws * share) <= 5 * deviation,
      `set ${at} came ${found[at]} times, expected ${draws * share} ± ${deviation}`,
    );
  });
}
