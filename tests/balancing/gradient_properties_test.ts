import { deepStrictEqual, ok } from "node:assert/strict";
import type { JacobianBalancer } from "../../lib/balancing/balancer.ts";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";
import { dot, matrixTimesVector, norm } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import { improvableRows, normalRows, rowsOfRank, stationaryRows } from "../math/_matrices.ts";

type Name = keyof typeof jacobianMethods;

const names = Object.keys(jacobianMethods) as Name[];

function make(name: Name, options?: Record<string, unknown>): JacobianBalancer {
  return (jacobianMethods[name] as (options?: Record<string, unknown>) => JacobianBalancer)(
    options,
  );
}

function scaled(rows: number[][], scale: number): number[][] {
  return rows.map((row) => row.map((value) => value * scale));
}

const random = new Random(101);
const samples: [string, number[][]][] = [
  ["9 x 11, rank 9", normalRows(random, 9, 11)],
  ["9 x 11, rank 5", rowsOfRank(random, 9, 11, 5)],
  ["4 x 1", normalRows(random, 4, 1)],
  ["5 x 20 with an ascent for all", improvableRows(random, 5, 20, 4)],
  ["6 x 10, stationary", stationaryRows(random, 6, 10, 4)],
  ["one task", normalRows(random, 1, 7)],
  ["two tasks", normalRows(random, 2, 7)],
];

for (const name of names) {
  Deno.test(`${name}: finite update of the right length at every scale`, () => {
    for (const [label, rows] of samples) {
      for (const scale of [0, 1e-10, 1e3, 1e5, 1e10, 1e15]) {
        const matrix = scaled(rows, scale);
        const update = make(name).combine(matrix, undefined, { losses: rows.map(() => 1) });
        deepStrictEqual(update.length, rows[0].length, label);
        ok(update.every(Number.isFinite), `${label}, scale ${scale}: [${update.join(", ")}]`);
      }
    }
  });

  Deno.test(`${name}: packed rows give what plain ones give, and are neither changed nor kept`, () => {
    const [packed, plain] = [make(name), make(name)];
    for (const seed of [1, 2, 3]) {
      // Whole numbers are the same in float32.
      const source = new Random(seed);
      const rows = Array.from(
        { length: 4 },
        () => Array.from({ length: 6 }, () => source.integer(19) - 9),
      );
      const losses = rows.map((_, task) => 1 + task);
      const given = rows.map((row) => Float32Array.from(row));
      const update = packed.combine(given, undefined, { losses });
      deepStrictEqual(update, plain.combine(rows, undefined, { losses }));
      deepStrictEqual(given.map((row) => [...row]), rows);
      for (const row of given) row.fill(NaN);
    }
  });

  Deno.test(`${name}: zero rows, equal rows and opposite rows`, () => {
    const cases = [
      [[0, 0, 0], [1, 2, 3]],
      [[0, 0], [0, 0], [0, 0]],
      [[1, 2], [1, 2], [1, 2]],
      [[1, 2], [-1, -2]],
      [[1, 0], [-1e-9, 1e-9], [0, 0]],
    ];
    for (const rows of cases) {
      const balancer = make(name);
      const update = balancer.combine(rows, undefined, { losses: rows.map(() => 1) });
      ok(update.every(Number.isFinite), `[${rows.join("; ")}] gave [${update.join(", ")}]`);
      if (rows.flat().every((value) => value === 0)) {
        deepStrictEqual(update.map(Math.abs), rows[0].map(() => 0));
      }
    }
  });

  Deno.test(`${name}: the same seed gives the same steps; state goes on exactly`, () => {
    const stream = new Random(7);
    const steps = Array.from({ length: 6 }, () => normalRows(stream, 4, 8));
    const losses = steps.map(() => Array.from({ length: 4 }, () => 0.5 + stream.uniform()));
    // Task 2 is missing in the third step.
    const run = (balancer: JacobianBalancer, from: number, to: number) =>
      steps.slice(from, to).map((rows, offset) => {
        const step = from + offset;
        if (step !== 2) return balancer.combine(rows, undefined, { losses: losses[step] });
        const present = [0, 1, 3];
        return balancer.combine(present.map((task) => rows[task]), present, {
          losses: present.map((task) => losses[step][task]),
        });
      });
    const tasks = ["a", "b", "c", "d"];
    const whole = make(name);
    whole.reset?.(tasks);
    const expected = run(whole, 0, 6);

    const first = make(name);
    first.reset?.(tasks);
    run(first, 0, 3);
    const saved = JSON.parse(JSON.stringify(first.state?.() ?? {}));
    const second = make(name);
    second.reset?.(tasks);
    second.restore?.(saved);
    deepStrictEqual(run(second, 3, 6), expected.slice(3));

    whole.reset?.(tasks);
    deepStrictEqual(run(whole, 0, 6), expected);
  });
}

const invariant: Name[] = [
  "mean",
  "sum",
  "mgda",
  "cagrad",
  "imtl-g",
  "nash-mtl",
  "fairgrad",
  "aligned-mtl",
  "upgrad",
  "dualproj",
  "config",
  "trimmed-mean",
];
for (const name of invariant) {
  Deno.test(`${name}: the order of the tasks does not matter`, () => {
    const stream = new Random(11);
    for (let trial = 0; trial < 10; trial++) {
      const rows = trial % 2 ? normalRows(stream, 5, 12) : rowsOfRank(stream, 5, 12, 3);
      const expected = make(name).combine(rows);
      const shuffled = Array.from(stream.permutation(5), (task) => rows[task]);
      make(name).combine(shuffled).forEach((value, i) =>
        ok(Math.abs(value - expected[i]) < 1e-7 * (1 + norm(expected)), `trial ${trial}`)
      );
    }
  });
}

const harmless: [Name, Record<string, unknown>][] = [
  ["mgda", {}],
  ["upgrad", {}],
  ["dualproj", {}],
  ["cagrad", { c: 1 }],
  ["cagrad", { c: 2.5 }],
];
for (const [name, options] of harmless) {
  Deno.test(`${name} ${JSON.stringify(options)}: no task is hurt`, () => {
    for (const [label, rows] of samples) {
      for (const scale of [1e-10, 1, 1e10]) {
        const matrix = scaled(rows, scale);
        const update = make(name, options).combine(matrix);
        const longest = Math.max(...matrix.map(norm));
        matrixTimesVector(matrix, update).forEach((gain) =>
          ok(gain >= -1e-7 * longest * longest, `${label}, scale ${scale}: gain ${gain}`)
        );
      }
    }
  });
}

const bargains: [Name, Record<string, unknown>][] = [
  ["nash-mtl", {}],
  ["fairgrad", { alpha: 0.1 }],
  ["fairgrad", { alpha: 2 }],
  ["imtl-g", {}],
  ["config", {}],
];
for (const [name, options] of bargains) {
  Deno.test(`${name} ${JSON.stringify(options)}: every task gains with independent gradients`, () => {
    const stream = new Random(13);
    for (let trial = 0; trial < 10; trial++) {
      const rows = normalRows(stream, 5, 12);
      const update = make(name, options).combine(rows);
      ok(matrixTimesVector(rows, update).every((gain) => gain > 0));
    }
  });
}

Deno.test('fairgrad {"alpha": 0.1}: no task is hurt by gradients that conflict', () => {
  const stream = new Random(14);
  for (const share of [0.5, 0.9, 0.99]) {
    for (let trial = 0; trial < 10; trial++) {
      const rows = normalRows(stream, 5, 12);
      const mean = rows[0].map((_, at) => rows.reduce((sum, row) => sum + row[at] / 5, 0));
      // Without most of their mean the gradients pull apart.
      const apart = rows.map((row) => row.map((value, at) => value - share * mean[at]));
      ok(apart.some((row) => apart.some((other) => dot(row, other) < 0)));
      const balancer = make("fairgrad", { alpha: 0.1 });
      const update = balancer.combine(apart);
      deepStrictEqual(balancer.report?.().notes, undefined);
      ok(matrixTimesVector(apart, update).every((gain) => gain > 0), `share ${share}`);
    }
  }
});

for (const name of ["upgrad", "mean", "sum", "config"] as const) {
  Deno.test(`${name}: linear when each gradient is scaled by itself`, () => {
    const stream = new Random(17);
    for (let trial = 0; trial < 10; trial++) {
      const rows = normalRows(stream, 4, 9);
      const [first, second] = [0, 1].map(() => rows.map(() => 0.1 + stream.uniform()));
      const [a, b] = [stream.uniform(), stream.uniform()];
      const by = (factors: number[]) =>
        make(name).combine(rows.map((row, i) => row.map((value) => value * factors[i])));
      const [left, right] = [by(first), by(second)];
      const both = by(first.map((value, i) => a * value + b * second[i]));
      both.forEach((value, i) => ok(Math.abs(value - a * left[i] - b * right[i]) < 1e-8));
    }
  });
}

for (const name of ["mgda", "upgrad", "dualproj", "nash-mtl", "imtl-g"] as const) {
  Deno.test(`${name}: no update at strongly stationary points`, () => {
    const stream = new Random(19);
    for (let trial = 0; trial < 10; trial++) {
      const rows = stationaryRows(stream, 6, 10, 1 + stream.integer(5));
      const balancer = make(name);
      const update = balancer.combine(rows);
      ok(norm(update) < (name === "nash-mtl" ? 1e-3 : 1e-6), `length ${norm(update)}`);
      if (["mgda", "nash-mtl", "imtl-g"].includes(name)) {
        ok(balancer.report?.().notes?.some((note) => note.includes("stationary")));
      }
    }
  });
}

for (const name of ["upgrad", "dualproj", "mean"] as const) {
  Deno.test(`${name}: moves wherever the gradients do not balance out`, () => {
    const stream = new Random(23);
    for (const columns of [10, 100]) {
      for (let rank = 1; rank < 10; rank += 2) {
        const rows = improvableRows(stream, 20, columns, rank);
        ok(norm(make(name).combine(rows)) > 5e-3);
      }
    }
  });
}

Deno.test("imtl-g and config have equal projections on all gradient directions", () => {
  const stream = new Random(29);
  for (const name of ["imtl-g", "config"] as const) {
    const rows = normalRows(stream, 5, 12);
    const update = make(name).combine(rows);
    const projections = rows.map((row) => dot(row, update) / norm(row));
    ok(Math.max(...projections) - Math.min(...projections) < 1e-9);
  }
});

Deno.test("aligned-mtl has condition number 1: equal gains for equal preferences of its basis", () => {
  const stream = new Random(31);
  const rows = normalRows(stream, 4, 9);
  // Preferences e_i give the aligned gradients one by one: orthogonal and equally long.
  const aligned = rows.map((_, task) =>
    make("aligned-mtl", { preference: rows.map((_, i) => i === task ? 1 : 0) }).combine(rows)
  );
  aligned.forEach((a, i) =>
    aligned.forEach((b, j) =>
      ok(Math.abs(dot(a, b) - (i === j ? dot(aligned[0], aligned[0]) : 0)) < 1e-9)
    )
  );
});

Deno.test("cagrad finds the best worst gain within its ball", () => {
  const stream = new Random(37);
  for (const c of [0.2, 0.5, 0.9, 3]) {
    const rows = normalRows(stream, 4, 6);
    const mean = make("mean").combine(rows);
    const update = make("cagrad", { c }).combine(rows);
    const step = update.map((value, i) => value - mean[i]);
    ok(Math.abs(norm(step) - c * norm(mean)) < 1e-9 * c, "the update lies on the sphere");
    const worst = Math.min(...matrixTimesVector(rows, update));
    for (let trial = 0; trial < 300; trial++) {
      // Random points of the sphere, near and far.
      const spread = 10 ** (-3 * stream.uniform());
      const other = step.map((value) => value + spread * norm(step) * stream.normal());
      const length = norm(other);
      const point = mean.map((value, i) => value + other[i] / length * c * norm(mean));
      ok(Math.min(...matrixTimesVector(rows, point)) <= worst + 1e-9);
    }
  }
});
