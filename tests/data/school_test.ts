import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DataUnavailableError } from "../../lib/data/errors.ts";
import { school, schoolFeatures } from "../../lib/data/sets/school.ts";
import { testOnRealData } from "./_real.ts";

testOnRealData("school", "139 schools with the published sizes and scores", async () => {
  const dataset = await school();
  strictEqual(dataset.size, 15_362);
  const schools = dataset.groups.school;
  const sizes = new Map<string | number, number>();
  for (let row = 0; row < dataset.size; row++) {
    sizes.set(schools[row], (sizes.get(schools[row]) ?? 0) + 1);
  }
  strictEqual(sizes.size, 139);
  deepStrictEqual([Math.min(...sizes.values()), Math.max(...sizes.values())], [22, 251]);
  const values = Float64Array.from(dataset.target("score").values);
  const mean = values.reduce((sum, score) => sum + score, 0) / values.length;
  const square = values.reduce((sum, score) => sum + (score - mean) ** 2, 0) / values.length;
  ok(Math.abs(mean - 20.597) < 1e-3, `mean ${mean}`);
  ok(Math.abs(Math.sqrt(square) - 12.721) < 1e-3, `deviation ${Math.sqrt(square)}`);
  strictEqual(schoolFeatures.length, 27);
});

testOnRealData("school", "indicator columns of one question add up to one", async () => {
  const { inputs: { pupil }, size } = await school();
  for (const question of ["exam year", "gender", "ethnic group", "school gender", "denomination"]) {
    const columns = schoolFeatures.flatMap((name, j) =>
      name.replace(/ \d+$/, "") === question ? [j] : []
    );
    for (let row = 0; row < size; row++) {
      const sum = columns.reduce((total, j) => total + pupil.values[row * 27 + j], 0);
      strictEqual(sum, 1, `${question}, row ${row}`);
    }
  }
});

Deno.test("school: generated schools stand in where the file cannot be had, and say so", async () => {
  const nowhere = { cache: "/nonexistent/cache", mirror: null, offline: true };
  await rejects(() => school(nowhere), DataUnavailableError);
  const drawn = await school({ ...nowhere, orBuiltIn: true });
  strictEqual(drawn.origin, "generated");
  strictEqual(new Set(Array.from(drawn.groups.school)).size, 139);
  deepStrictEqual(drawn.inputs.pupil.shape, [27]);
  deepStrictEqual(
    drawn.target("score").values,
    (await school({ ...nowhere, orBuiltIn: true })).target("score").values,
  );
});
