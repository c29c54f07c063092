import { ok, strictEqual } from "node:assert/strict";
import { conformance } from "./_conformance.ts";

const page = await Deno.readTextFile(new URL("../../docs/conformance.md", import.meta.url));

/** The rows of the table under a heading, as cells. */
function tableOf(heading: string): string[][] {
  const [, rest] = page.split(`## ${heading}\n`);
  return rest.split("\n## ")[0].split("\n").filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

const cases = [...conformance.gradientMethods, ...conformance.lossMethods];

Deno.test("the page explains every option that a case uses", () => {
  const rows = tableOf("Options");
  for (const { name, method, options = {} } of cases) {
    for (const option of Object.keys(options)) {
      const known = rows.some(([methods, names]) =>
        methods.includes(`\`${method}\``) && names.includes(`\`${option}\``)
      );
      ok(known, `${name}: docs/conformance.md does not explain ${option} of ${method}`);
    }
  }
});

Deno.test("titles are unique, and every case has a source and a tolerance", () => {
  strictEqual(new Set(cases.map(({ name }) => name)).size, cases.length);
  for (const { name, source, tolerance } of cases) ok(source && tolerance >= 0, name);
});
