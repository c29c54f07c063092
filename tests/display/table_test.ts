import assert from "node:assert/strict";
import { type DataFrameLike, table } from "../../lib/display/mod.ts";
import { assertNoLeaks, assertWellFormed, textContent } from "./_markup_check.ts";

Deno.test("rows are shown with names, types, shape and values that line up", () => {
  const text = table([
    { method: "single", accuracy: 0.9312, wins: 3 },
    { method: "shared trunk", accuracy: 0.95, wins: 12 },
  ], { caption: "Left digit" }).text();
  assert.equal(
    text,
    [
      "Left digit",
      "method        accuracy     wins",
      "text            number  integer",
      "────────────  ────────  ───────",
      "single          0.9312        3",
      "shared trunk    0.9500       12",
      "2 rows × 3 columns",
    ].join("\n"),
  );
});

Deno.test("bigint, null, NaN, dates, lists, intervals and booleans are written out", () => {
  const shown = table({
    big: [12345678901234567890n, null],
    number: [NaN, -1.5],
    day: [new Date("2026-11-22T00:00:00Z"), new Date("2026-11-23T00:00:00Z")],
    list: [[1, 2, 3, 4, 5, 6], new Float32Array([0.5])],
    estimate: [{ mean: 0.9, lower: 0.88, upper: 0.92 }, { mean: 0.5, lower: 0.4, upper: 0.6 }],
    flag: [true, undefined],
  });
  const text = shown.text();
  for (
    const part of [
      "12,345,678,901,234,567,890",
      "null",
      "NaN",
      "−1.500",
      "2026-11-22",
      "[1, 2, 3, 4, … 6 values]",
      "[0.5]",
      "0.9000 [0.8800, 0.9200]",
      "true",
      "–",
    ]
  ) {
    assert.ok(text.includes(part), `${part} in\n${text}`);
    assert.ok(textContent(shown.html()).includes(part), `${part} in the HTML`);
  }
  assert.match(text, /bigint +number +date +list +interval +boolean/);
  assert.ok(!text.includes("T00:00"), "days are shown without a time");
});

Deno.test("text of users is escaped and stays whole", () => {
  const nasty = `<img src=x onerror="alert('1')">&\u0000`;
  const html = table([{ [nasty]: nasty }], { caption: nasty }).bundle()["text/html"]!;
  assertWellFormed(html);
  assert.ok(!html.includes("<img"));
  assert.ok(textContent(html).includes(`<img src=x onerror="alert('1')">&`));
});

Deno.test("a long table shows its ends and says what it left out", () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ i }));
  const long = table(rows, { rows: 4 });
  assert.equal(long.totalRows, 1000);
  const numbers = long.text().split("\n").map((line) => line.trim());
  assert.deepEqual(numbers.slice(3, 8), ["0", "1", "⋮ 996 more rows", "998", "999"]);
  assert.match(long.html(), /996 more rows/);
  assert.match(long.text(), /1,000 rows × 1 column, 996 rows in the middle not shown/);
  assert.ok(!table(rows.slice(0, 5), { rows: 4 }).text().includes("more rows"));
});

Deno.test("a data frame is read only where it is shown", () => {
  const asked: [number, number][] = [];
  const frame = (offset: number, height: number): DataFrameLike => ({
    columns: ["id", "name"],
    height,
    dtypes: ["DataType(Int64)", "DataType(List(DataType(String)))"],
    slice(start, length) {
      asked.push([start, length]);
      return frame(offset + start, length);
    },
    getColumn: (name) => ({
      toArray: () =>
        Array.from(
          { length: height },
          (_, i) => name === "id" ? BigInt(offset + i) : [`n${offset + i}`],
        ),
    }),
  });
  const text = table(frame(0, 1_000_000), { rows: 2 }).text();
  assert.match(text, /Int64 +List\(String\)/);
  assert.match(text, /999,999 +\[n999999\]/);
  assert.ok(asked.every(([, length]) => length === 1));
});

Deno.test("columns can be chosen; wrong ones are named", () => {
  const rows = [{ a: 1, b: 2 }];
  assert.equal(table(rows, { columns: ["b"], types: false }).text(), "b\n─\n2");
  assert.throws(() => table(rows, { columns: ["c"] }), /no column "c": it has a, b/);
  assert.throws(() => table({ a: [1], b: [1, 2] }), /Column "b" has 2 values but column "a" has 1/);
  assert.throws(() => table(rows, { rows: 0 }), /at least 1 but found 0/);
});

Deno.test("an empty table is well-formed", () => {
  for (const empty of [table([]), table({}), table({ a: [] })]) {
    assertWellFormed(empty.html());
    assertNoLeaks(empty.html());
    assert.match(empty.text(), /0 rows/);
  }
});
