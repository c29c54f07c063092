import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseFully, TextTable } from "../../../lib/data/formats/_csv.ts";
import { splitPlain } from "../../../lib/data/formats/_split_plain.ts";
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

Deno.test("damaged files are explained", () => {
  const valid = bytes('name,height\n"a b",1.5\nc,2\nd,3\n');
  fc.assert(
    fc.property(damaged(valid), (broken) => {
      const heights = parsesOrExplains(() => TextTable.parse(broken, { file }).numbers("height"));
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
    '"',
    "é",
    "\u00a0",
    "",
  );
  const texts = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));
  let taken = 0;
  fc.assert(
    fc.property(texts, fc.constantFrom(",", ";"), fc.nat({ max: 1 }), (text, delimiter, skip) => {
      const records = splitPlain(text, delimiter, skip);
      if (!records) return;
      taken++;
      deepStrictEqual(records, parseFully(bytes(text), file, delimiter, skip));
    }),
    { numRuns: 5000 },
  );
  ok(taken > 500, `${taken}`);
});
