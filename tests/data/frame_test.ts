import { deepStrictEqual, doesNotThrow, rejects, strictEqual, throws } from "node:assert/strict";
import pl from "nodejs-polars";
import { classification, encoders, fit, hardSharing, MultiTaskDataset, regression } from "polytask";
import { fromDataFrame, fromParquet, parquetSource } from "../../lib/data/mod.ts";
import { testOnCpu } from "../_backends.ts";
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
    /DataError: Column "city" holds "Kiel" in row 3, which is not among its categories Bonn, Oslo/,
  );
});

const readAsText = pl.DataFrame({
  size: ["1.5", "2", "n/a", "4"],
  rooms: [1, 2, 2, 1],
  sold: [0, 1, 1, 0],
  price: [3, 4, 5, 6],
});

Deno.test("text most of which is numbers is refused, unless the schema says what it is", () => {
  for (const columns of [{ inputs: { x: "size" } }, { inputs: { x: ["rooms", "size"] } }]) {
    throws(
      () => fromDataFrame(readAsText, { ...columns, targets: { price: "price" } }),
      /DataError: Column "size" is text, but 3 of its 4 different texts are numbers, and "n\/a" in row 2 is not; make it a column of numbers, or say schema: \{ "size": "category" \}/,
    );
  }
  throws(
    () => fromDataFrame(readAsText, { inputs: { x: "rooms" }, targets: { size: "size" } }),
    /Column "size" is text, but 3 of its 4/,
  );
  const codes = pl.DataFrame({ postcode: ["53111", "53113"], price: [1, 2] });
  throws(
    () => fromDataFrame(codes, { inputs: { x: ["postcode"] }, targets: { price: "price" } }),
    /"postcode" is text, but 2 of its 2 different texts are numbers; make it/,
  );
  const { inputs } = fromDataFrame(codes, {
    inputs: { x: ["postcode"] },
    targets: { price: "price" },
    schema: { postcode: "category" },
  });
  deepStrictEqual([...inputs.x.values], [1, 0, 0, 1]);
});

Deno.test("a schema is held to: the error names column, row and value", () => {
  const read = (schema: Record<string, "number" | "category" | "boolean">) =>
    fromDataFrame(readAsText, {
      inputs: { x: ["rooms"], size: "size" },
      targets: { sold: "sold", price: "price" },
      schema: { size: "category", ...schema },
    });
  throws(
    () => read({ size: "number" }),
    /DataError: Column "size" holds "n\/a" in row 2, but its schema says number; mend that entry/,
  );
  throws(
    () => read({ price: "boolean" }),
    /Column "price" holds 3 in row 0, but its schema says boolean; mend that entry/,
  );
  throws(
    () => read({ weight: "number" }),
    /The schema names the column "weight", which is neither/,
  );
  throws(() => read({ rooms: "int" as "number" }), /says "int" of the column "rooms"; it may be/);
  const dataset = read({ rooms: "category", sold: "boolean", price: "number" });
  deepStrictEqual([...dataset.inputs.x.values], [1, 0, 0, 1, 0, 1, 1, 0]);
  deepStrictEqual([...dataset.target("sold").values], [0, 1, 1, 0]);
  deepStrictEqual(read({ sold: "category" }).targets.sold.labels, ["0", "1"]);
  const truths = pl.DataFrame({ yes: [true, false], x: [1, 2] });
  const columns = { inputs: { x: "x" }, targets: { yes: "yes" } };
  throws(
    () => fromDataFrame(truths, { ...columns, schema: { yes: "number" } }),
    /Column "yes" holds true in row 0, but its schema says number/,
  );
  doesNotThrow(() => fromDataFrame(truths, { ...columns, schema: { yes: "boolean" } }));
});

testOnCpu("regression refuses a column of classes, from tables and from files", async () => {
  const path = `${temporaryFolder()}/prices.parquet`;
  const prices = pl.DataFrame({ size: [1, 2, 3], price: ["low", "n/a", "high"] });
  prices.writeParquet(path);
  const columns = { inputs: { size: ["size"] }, targets: { price: "price" } };
  const settings = { epochs: 1, batchSize: 2, seed: 1, observer: false } as const;
  const encoder = encoders.mlp({ units: [2] });
  const message =
    /do not fit task "price" \(regression\): its targets are the classes "high", "low", "n\/a", not numbers; take classification, or mend the column\./;
  for (const source of [fromDataFrame(prices, columns), await parquetSource(path, columns)]) {
    const model = hardSharing({ encoder, tasks: [regression("price")] });
    await rejects(fit(model, source, settings), message);
    const right = hardSharing({ encoder, tasks: [classification("price", { classes: 3 })] });
    await fit(right, source, settings);
    // Weights of a task that fits do not make numbers of classes.
    const wrong = hardSharing({ encoder, tasks: [regression("price")] });
    await fit(wrong, numbers, settings);
    await rejects(wrong.evaluate(source), message);
    wrong.dispose();
    right.dispose();
  }
});

/** Prices as they should be. */
const numbers = MultiTaskDataset.from({
  inputs: { size: { values: Float32Array.of(1, 2, 3), shape: [1] } },
  targets: { price: { values: Float32Array.of(1, 2, 3), shape: [] } },
});

Deno.test("the columns of the tasks may be called targets or tasks, but not both", () => {
  const inputs = { age: "age" };
  const plan = { plan: "plan" } as const;
  const [one, other] = [{ inputs, targets: plan }, { inputs, tasks: plan }]
    .map((columns) =>
      fromDataFrame(table, columns as { inputs: typeof inputs; tasks: typeof plan })
    );
  deepStrictEqual(one.targets, other.targets);
  const both = { inputs, tasks: plan, targets: plan };
  throws(
    () => fromDataFrame(table, both as unknown as { inputs: typeof inputs; tasks: typeof plan }),
    /as targets or as tasks, but both of them are given/,
  );
  throws(
    () =>
      fromDataFrame(table, { inputs } as unknown as { inputs: typeof inputs; tasks: typeof plan }),
    /as targets or as tasks, but neither of them is given/,
  );
});

Deno.test("groups: numbers of 64 bits are numbers, and nobody may be missing", () => {
  const people = pl.DataFrame({ age: [1, 2, 3], who: [7n, 8n, 7n], site: ["a", null, "b"] });
  const columns = { inputs: { age: "age" }, targets: { age: "age" } };
  const dataset = fromDataFrame(people, { ...columns, groups: ["who"] });
  deepStrictEqual(dataset.groups.who, [7, 8, 7]);
  strictEqual(
    dataset.split({ train: 0.5, test: 0.5 }, { seed: 1, by: "who" }).train.size > 0,
    true,
  );
  throws(
    () => fromDataFrame(people, { ...columns, groups: ["site"] }),
    /DataError: Column "site" is a group, but says nothing in row 1; fill it, or drop that row/,
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
