import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseFully, TextTable } from "../../../lib/data/formats/_csv.ts";
import { RecordFields } from "../../../lib/data/formats/_fields.ts";
import { PlainFields } from "../../../lib/data/formats/_plain_fields.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const file = "t.csv";

Deno.test("numbers, categories, missing fields, quotes and a byte-order mark", () => {
  const table = TextTable.parse(bytes('\ufeffname, height\n"a, b", 1.5\nc, NA\n\nc,-2e1\n'), {
    file,
  });
  deepStrictEqual([table.rows, table.names], [3, ["name", "height"]]);
  deepStrictEqual([...table.numbers("height", "NA")], [1.5, NaN, -20]);
  deepStrictEqual(table.vocabulary("name"), ["a, b", "c"]);
  deepStrictEqual([...table.codes("name", ["c", "a, b"])], [1, 0, 0]);
  deepStrictEqual([...table.codes("name", ["c"], "a, b")], [-1, 0, 0]);
});

Deno.test("what is wrong is named with file, line, column and found text", () => {
  const parse = (text: string, columns?: string[]) =>
    TextTable.parse(bytes(text), { file, columns });
  throws(() => parse("a,b\n1,2,3"), /^DataFormatError: t\.csv, line 2: .*expect 2, got 3/);
  throws(
    () => parse("1,2,3", ["a", "b"]),
    /line 1: expected 2 columns of different names, found 3/,
  );
  throws(() => parse('a,b\n"1,2'), /^DataFormatError: t\.csv, line 2: /);
  const table = parse("a,b\n1,2\n3,x\n");
  throws(
    () => table.numbers("b"),
    /t\.csv, line 3: column "b" should hold a number, but holds "x"/,
  );
  throws(() => table.codes("a", ["1"]), /line 3: column "a" should hold one of 1, but holds "3"/);
  throws(() => table.numbers("c"), /expected a column "c", found a, b/);
});

Deno.test("damaged files are explained; no more fields than bytes", () => {
  const valid = bytes('name,height\n"a b",1.5\nc,2\nd,3\n');
  fc.assert(
    fc.property(damaged(valid), (broken) => {
      const table = parsesOrExplains(() => TextTable.parse(broken, { file }));
      if (!table) return;
      ok(table.rows * table.names.length <= broken.length);
      const heights = parsesOrExplains(() => table.numbers("height"));
      if (heights) strictEqual(heights.some(Number.isNaN), false);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("the short way to read plain files gives what the full parser gives", () => {
  const piece = fc.constantFrom(
    "a",
    "1.5",
    " ",
    "\t",
    ",",
    ";",
    "\n",
    "\r\n",
    "\r",
    "\v",
    '"',
    "é",
    "\u00a0",
    "",
  );
  const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
  const delimiters = fc.constantFrom(",", ";", "\t", " ");
  let taken = 0;
  fc.assert(
    fc.property(texts, delimiters, fc.nat({ max: 1 }), (text, delimiter, skip) => {
      const fields = PlainFields.find(bytes(text), delimiter, skip);
      if (!fields) return;
      taken++;
      const records = parseFully(bytes(text), file, delimiter, skip);
      const full = new RecordFields(records);
      deepStrictEqual(records.map((_, row) => fields.record(row)), records);
      deepStrictEqual([fields.rows, fields.width], [full.rows, full.width]);
      for (let column = 0; column < full.width; column++) {
        deepStrictEqual(fields.distinct(column, 0), full.distinct(column, 0));
        deepStrictEqual(fields.distinct(column, 1), full.distinct(column, 1));
        for (let row = 0; row < full.rows; row++) {
          strictEqual(fields.number(row, column), full.number(row, column));
        }
      }
    }),
    { numRuns: 5000 },
  );
  ok(taken > 500, `${taken}`);
});

Deno.test("numbers are read as JavaScript reads them, to the last bit", () => {
  const digits = fc.stringMatching(/^[+-]?[0-9]{0,20}(\.[0-9]{0,20})?(e-?[0-9]{1,3})?$/);
  const odd = fc.constantFrom("-", "+", ".", "-.", "1.2.3", "1e", "--1", "0x10", "Infinity", "-0");
  const doubles = fc.double().map(String);
  fc.assert(
    fc.property(fc.oneof(digits, odd, doubles), (text) => {
      const fields = PlainFields.find(bytes(`${text},x\n`), ",", 0)!;
      const expected = text === "" || !Number.isFinite(Number(text)) ? NaN : Number(text);
      strictEqual(fields.number(0, 0), expected, text);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("a column of very many different texts keeps them all", () => {
  const texts = Array.from({ length: 5000 }, (_, at) => `t${(at * 7919) % 4001}`);
  const fields = PlainFields.find(bytes(texts.join("\n")), ",", 0)!;
  const { texts: found, codes } = fields.distinct(0, 0);
  strictEqual(found.length, 4001);
  deepStrictEqual(Array.from(codes, (code) => found[code]), texts);
});
