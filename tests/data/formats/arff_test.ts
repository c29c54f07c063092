import { deepStrictEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { parseArff } from "../../../lib/data/mod.ts";
import { damaged, parsesOrExplains } from "./_fuzz.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const valid = `% a comment
@RELATION 'some table'
@attribute "'height'" NUMERIC
@attribute 'eye colour' {blue, 'light, brown'}

@DATA
1.5, blue
% another
?,'light, brown'
-2e3,?
`;

Deno.test("numbers, categories, quotes, comments and missing fields", () => {
  const table = parseArff(bytes(valid));
  deepStrictEqual(table, {
    relation: "some table",
    rows: 3,
    attributes: [
      { name: "height", values: Float64Array.of(1.5, NaN, -2000) },
      { name: "eye colour", labels: ["blue", "light, brown"], values: Float64Array.of(0, 1, NaN) },
    ],
  });
});

Deno.test("what is wrong is named with file, line, expected and found", () => {
  const explain = (text: string, message: RegExp) =>
    throws(() => parseArff(bytes(text), { file: "t.arff" }), message);
  const head = "@attribute a numeric\n@attribute b {x,y}\n@data\n";
  explain("@attribute a numeric\n", /t\.arff, line 3: expected "@data", but the file ends/);
  explain("hello\n", /t\.arff, line 1: expected @relation, @attribute or @data, found "hello"/);
  explain(
    "@attribute a string\n@data\n",
    /line 1: attribute "a" has the type "string"; only numbers/,
  );
  explain("@data\n1\n", /line 1: expected at least one @attribute before @data/);
  explain(`${head}1,x\n1\n`, /line 5: expected 2 fields, found 1/);
  explain(`${head}one,x\n`, /line 4: attribute "a" should be a number, but is "one"/);
  explain(`${head}1,z\n`, /line 4: attribute "b" should be one of x, y, but is "z"/);
  explain(`${head}{0 1}\n`, /line 4: sparse rows are not read/);
});

Deno.test("damaged files are explained; no more numbers than bytes", () => {
  fc.assert(
    fc.property(damaged(bytes(valid)), (broken) => {
      const table = parsesOrExplains(() => parseArff(broken));
      if (table) ok(table.rows * table.attributes.length <= broken.length);
    }),
    { numRuns: 2000 },
  );
});
