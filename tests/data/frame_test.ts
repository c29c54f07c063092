import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import pl from "nodejs-polars";
import { fromDataFrame, fromParquet } from "../../lib/data/mod.ts";
import { temporaryFolder } from "./_temporary.ts";

const table = pl.DataFrame({
  age: [31, 45, 27, 50],
  city: ["Bonn", "Oslo", "Bonn", "Kiel"],
  member: [true, false, null, true],
  income: [30.5, null, NaN, 28],
  plan: ["basic", null, "full", "basic"],
  who: ["a", "b", "a", "c"],
  gaps: [1, null, 3, null],
});

Deno.test("numbers, categories, true and false, missing labels and groups", () => {
  const dataset = fromDataFrame(table, {
    inputs: { person: ["age", "city"], age: "age" },
    targets: { income: "income", plan: "plan", member: "member" },
    groups: ["who"],
    name: "people",
  });
  strictEqual(dataset.name, "people");
  deepStrictEqual(dataset.inputs.person.shape, [4]);
  deepStrictEqual([...dataset.inputs.person.values.slice(0, 8)], [31, 1, 0, 0, 45, 0, 0, 1]);
  deepStrictEqual([...dataset.inputs.age.values], [31, 45, 27, 50]);
  const target = (name: "income" | "plan" | "member") => {
    const { values, mask } = dataset.target(name);
    return [[...values], [...mask!]];
  };
  deepStrictEqual(target("income"), [[30.5, 0, 0, 28], [1, 0, 0, 1]]);
  deepStrictEqual(target("plan"), [[0, 0, 1, 0], [1, 0, 1, 1]]);
  deepStrictEqual(target("member"), [[1, 0, 0, 1], [1, 1, 0, 1]]);
  deepStrictEqual(dataset.targets.plan.labels, ["basic", "full"]);
  deepStrictEqual(dataset.groups.who, ["a", "b", "a", "c"]);
});

Deno.test("categories that are given keep their order in every table", () => {
  const columns = {
    inputs: { city: ["city"] },
    targets: { plan: "plan" },
    categories: { city: ["Oslo", "Bonn", "Rome", "Kiel"], plan: ["full", "basic"] },
  };
  const dataset = fromDataFrame(table, columns);
  deepStrictEqual([...dataset.inputs.city.values.slice(0, 4)], [0, 1, 0, 0]);
  deepStrictEqual([...dataset.target("plan").values], [1, 0, 0, 1]);
  throws(
    () => fromDataFrame(table, { ...columns, categories: { city: ["Bonn", "Oslo"] } }),
    /DataError: Column "city" holds "Kiel", which is not among its categories Bonn, Oslo/,
  );
});

Deno.test("what cannot be read is named", () => {
  const targets = { plan: "plan" };
  throws(
    () => fromDataFrame(table, { inputs: { x: ["age", "gaps"] }, targets }),
    /"gaps" is an input, but 2 of its 4 values are missing, the first in row 1\. Fill them/,
  );
  throws(
    () => fromDataFrame(table, { inputs: { x: "weight" }, targets }),
    /The table has no column "weight"; it has age, city/,
  );
  const dated = table.withColumns(pl.lit(new Date(0)).alias("day"));
  throws(
    () => fromDataFrame(dated, { inputs: { x: "day" }, targets }),
    /Column "day" is of type .*; only numbers, true and false, and text can be read/,
  );
});

Deno.test("a Parquet file gives the same data set; a file that is none is explained", async () => {
  const folder = temporaryFolder();
  table.writeParquet(`${folder}/people.parquet`);
  const columns = { inputs: { person: ["age", "city"] }, targets: { income: "income" } };
  const fromFile = await fromParquet(`${folder}/people.parquet`, columns);
  const fromTable = fromDataFrame(table, columns);
  deepStrictEqual(fromFile.inputs, fromTable.inputs);
  deepStrictEqual(fromFile.targets, fromTable.targets);
  Deno.writeTextFileSync(`${folder}/no.parquet`, "no table");
  await rejects(fromParquet(`${folder}/no.parquet`, columns), /no\.parquet could not be read/);
});
