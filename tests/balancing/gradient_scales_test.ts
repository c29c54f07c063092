import { ok } from "node:assert/strict";
import type { JacobianBalancer } from "../../lib/balancing/balancer.ts";
import { pcgradWeights } from "../../lib/balancing/gramian/pcgrad.ts";
import { gradvacWeights } from "../../lib/balancing/gramian/gradvac.ts";
import { gramianMethods } from "../../lib/balancing/gramian/mod.ts";
import { jacobianMethods } from "../../lib/balancing/jacobian/mod.ts";
import { gramianOf, matrixTimesVector, norm, weightedSum } from "../../lib/math/matrix.ts";
import { Random } from "../../lib/math/random.ts";
import {
  improvableRows,
  normalRows,
  rowsOfRank,
  stationaryRows,
  weaklyStationaryRows,
} from "../math/_matrices.ts";

type Name = keyof typeof jacobianMethods;

const scales = [1e-10, 1e3, 1e5, 1e10, 1e15];

function make(name: Name, options?: Record<string, unknown>): JacobianBalancer {
  return (jacobianMethods[name] as (options?: Record<string, unknown>) => JacobianBalancer)(
    options,
  );
}

function scaled(rows: number[][], scale: number): number[][] {
  return rows.map((row) => row.map((value) => value * scale));
}

/** Matrices whose tasks agree, conflict, or have no common way out. */
function samples(random: Random): [string, number[][]][] {
  return [
    ["full rank", normalRows(random, 5, 12)],
    ["rank 3", rowsOfRank(random, 5, 12, 3)],
    ["with an ascent for all", improvableRows(random, 5, 12, 4)],
    ["weakly stationary", weaklyStationaryRows(random, 6, 12)],
    ["strongly stationary", stationaryRows(random, 5, 12, 4)],
  ];
}

for (
  const name of [
    "mean",
    "sum",
    "mgda",
    "imtl-g",
    "aligned-mtl",
    "upgrad",
    "dualproj",
    "config",
    "trimmed-mean",
  ] as const
) {
  Deno.test(`${name}: the order of the tasks does not matter at any scale`, () => {
    const random = new Random(41);
    for (const [label, rows] of samples(random)) {
      for (const scale of scales) {
        const matrix = scaled(rows, scale);
        const longest = Math.max(...matrix.map(norm));
        const expected = make(name).combine(matrix);
        for (let trial = 0; trial < 5; trial++) {
          const order = Array.from(random.permutation(rows.length));
          make(name).combine(order.map((task) => matrix[task])).forEach((value, i) =>
            ok(Math.abs(value - expected[i]) < 1e-6 * longest, `${label}, scale ${scale}`)
          );
        }
      }
    }
  });
}

for (
  const [name, options] of [
    ["mgda", {}],
    ["upgrad", {}],
    ["dualproj", {}],
    ["cagrad", { c: 1 }],
  ] as [Name, Record<string, unknown>][]
) {
  Deno.test(`${name} ${JSON.stringify(options)}: no task is hurt at any scale and stationarity`, () => {
    const random = new Random(43);
    for (let trial = 0; trial < 5; trial++) {
      for (const [label, rows] of samples(random)) {
        for (const scale of scales) {
          const matrix = scaled(rows, scale);
          const longest = Math.max(...matrix.map(norm));
          matrixTimesVector(matrix, make(name, options).combine(matrix)).forEach((gain) =>
            ok(gain >= -1e-7 * longest * longest, `${label}, scale ${scale}: gain ${gain}`)
          );
        }
      }
    }
  });
}

for (const name of ["upgrad", "mean", "sum", "config"] as const) {
  Deno.test(`${name}: linear in the gradients' own scales at any common scale`, () => {
    const random = new Random(47);
    for (const scale of scales) {
      const rows = scaled(normalRows(random, 4, 9), scale);
      const factors = [0, 1].map(() => rows.map(() => 0.1 + random.uniform()));
      const by = (parts: number[]) =>
        make(name).combine(rows.map((row, i) => row.map((value) => value * parts[i])));
      const [left, right] = factors.map(by);
      const both = by(factors[0].map((value, i) => 0.3 * value + 0.7 * factors[1][i]));
      both.forEach((value, i) =>
        ok(Math.abs(value - 0.3 * left[i] - 0.7 * right[i]) < 1e-8 * scale, `scale ${scale}`)
      );
    }
  });
}

for (const name of ["upgrad", "dualproj", "mean", "sum", "random"] as const) {
  Deno.test(`${name}: vanishes at no point that is not strongly stationary`, () => {
    const random = new Random(53);
    for (const columns of [10, 100]) {
      for (let rank = 1; rank < Math.min(20, columns); rank++) {
        const length = norm(make(name).combine(improvableRows(random, 20, columns, rank)));
        ok(length > 5e-3, `rank ${rank} of 20 x ${columns}: length ${length}`);
      }
    }
    for (let trial = 0; trial < 10; trial++) {
      const rows = weaklyStationaryRows(random, 8, 12);
      ok(norm(make(name).combine(rows)) > 5e-3, "weakly stationary");
    }
  });
}

for (const name of ["mgda", "upgrad", "dualproj"] as const) {
  Deno.test(`${name}: vanishes at strongly stationary points of every scale and rank`, () => {
    const random = new Random(59);
    for (let rank = 1; rank < 8; rank++) {
      for (const scale of scales) {
        const rows = scaled(stationaryRows(random, 8, 12, rank), scale);
        const length = norm(make(name).combine(rows)) / Math.max(...rows.map(norm));
        ok(length < 1e-6, `rank ${rank}, scale ${scale}: relative length ${length}`);
      }
    }
  });
}

Deno.test("MGDA vanishes at weakly stationary points as well, and says so", () => {
  const random = new Random(61);
  for (let trial = 0; trial < 10; trial++) {
    const balancer = make("mgda");
    ok(norm(balancer.combine(weaklyStationaryRows(random, 8, 12))) < 1e-6);
    ok(balancer.report?.().notes?.some((note) => note.includes("stationary")));
  }
});

Deno.test("GradVac's first step is PCGrad in the same orders for any number of tasks", () => {
  const random = new Random(67);
  for (const count of [2, 3, 5, 9]) {
    const gramian = gramianOf(normalRows(random, count, 6));
    const orders = gramian.map((_, task) =>
      Array.from(random.permutation(count - 1), (other) => other < task ? other : other + 1)
    );
    const targets = gramian.map((row) => row.map(() => 0));
    const expected = pcgradWeights(gramian, orders);
    gradvacWeights(gramian, orders, targets, 0.5).forEach((weight, i) =>
      ok(Math.abs(weight - expected[i]) < 1e-9 * (1 + Math.abs(expected[i])))
    );
  }
});

Deno.test("every Gramian method as rows is its weights times the rows", () => {
  const random = new Random(71);
  const rows = normalRows(random, 4, 7);
  for (const [name, maker] of Object.entries(gramianMethods)) {
    const build = maker as () => ReturnType<typeof gramianMethods.mgda>;
    if (name === "gradvac") continue; // by its name the method by layer is found
    const expected = weightedSum(
      rows,
      build().weights(gramianOf(rows), undefined, { losses: [1, 2, 3, 4] }),
    );
    make(name as Name).combine(rows, undefined, { losses: [1, 2, 3, 4] }).forEach((value, i) =>
      ok(Math.abs(value - expected[i]) < 1e-9 * (1 + Math.abs(expected[i])), name)
    );
  }
});

Deno.test("Aligned-MTL's scales are the smallest, the median and the mean eigenvalue", () => {
  // Orthogonal gradients of lengths 1, 2 and 4 keep their directions.
  const gramian = [[1, 0, 0], [0, 4, 0], [0, 0, 16]];
  const expected = { min: 1, median: 4, rmse: 7 };
  for (const scale of ["min", "median", "rmse"] as const) {
    const weights = gramianMethods["aligned-mtl"]({ scale }).weights(gramian);
    weights.forEach((weight, i) =>
      ok(Math.abs(weight - Math.sqrt(expected[scale] / gramian[i][i]) / 3) < 1e-12, scale)
    );
  }
});
