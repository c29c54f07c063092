import { ok, strictEqual } from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { AnswerKey, Exercise } from "../../notebooks/exercises/exercise.ts";
import { cellText, parseNotebook } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";

const folder = new URL("../../notebooks/exercises/", import.meta.url);
const notebooks = new URL("../../notebooks/", import.meta.url);

interface Chapter {
  readonly name: string;
  readonly exercises: Readonly<Record<string, Exercise<unknown>>>;
  readonly keys: Readonly<Record<string, AnswerKey<unknown>>>;
}

async function chapters(): Promise<Chapter[]> {
  const names = [...Deno.readDirSync(folder)].map((entry) => entry.name)
    .filter((name) => /^\d\d_.*\.ts$/.test(name)).sort();
  return await Promise.all(names.map(async (name) => ({
    name: name.replace(/\.ts$/, ""),
    exercises: (await import(new URL(name, folder).href)).exercises,
    keys: (await import(new URL(`solutions/${name}`, folder).href)).keys,
  })));
}

/** The answers that the cells of a chapter give to its checkers as they are handed out, by exercise. */
async function handedOut(chapter: string): Promise<Record<string, unknown>> {
  const { cells } = parseNotebook(
    await Deno.readTextFile(new URL(`${chapter}.ipynb`, notebooks)),
    chapter,
  );
  const call = /^await exercises\.(\w+)\((\w+)\);?$/gm;
  const found = cells.filter((cell) => cell.cell_type === "code").flatMap((cell) => {
    const code = cellText(cell);
    const calls = [...code.matchAll(call)];
    if (calls.length === 0) return [];
    const rest = code.replaceAll(call, "").replaceAll(/^import .*$/gm, "");
    const answers = calls.map(([, exercise, answer]) => `${exercise}: ${answer}`).join(", ");
    return `(() => {\n${rest}\nreturn { ${answers} };\n})()`;
  });
  const folder = `${paths.made}/test-notebooks`;
  await Deno.mkdir(folder, { recursive: true });
  const file = `${folder}/stubs-${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(
    file,
    `export const answers = Object.assign({}, ${found.join(",\n")});\n`,
  );
  try {
    return (await import(pathToFileURL(file).href)).answers;
  } finally {
    await Deno.remove(file);
  }
}

for (const { name, exercises, keys } of await chapters()) {
  Deno.test(`exercises of ${name}: three to five, each with an answer key`, () => {
    const count = Object.keys(exercises).length;
    ok(count >= 3 && count <= 5, `${name} has ${count} exercises`);
    strictEqual(Object.keys(keys).sort().join(), Object.keys(exercises).sort().join());
  });

  Deno.test(`exercises of ${name}: the chapter hands out every one`, async () => {
    const text = await Deno.readTextFile(new URL(`${name}.ipynb`, notebooks));
    for (const exercise of Object.keys(exercises)) {
      ok(
        text.includes(`exercises.${exercise}(`),
        `${name}.ipynb never calls exercises.${exercise}`,
      );
    }
  });

  Deno.test(`exercises of ${name}: the cells hand out the stubs that the checkers are tested with`, async () => {
    const answers = await handedOut(name);
    for (const [id, exercise] of Object.entries(exercises)) {
      ok(id in answers, `no cell of ${name} gives an answer to ${id}`);
      const { right, message } = await exercise(answers[id]);
      strictEqual(right, false, `the cell's stub for ${id} is accepted`);
      strictEqual(message, (await exercise(keys[id].stub)).message, `the stub for ${id} differs`);
    }
  });

  for (const [id, exercise] of Object.entries(exercises)) {
    const { stub, wrong, solution } = keys[id];
    Deno.test(`exercise ${name}.${id}: rejects the stub and wrong answers, accepts the solution`, async () => {
      strictEqual((await exercise(stub)).right, false, "the stub was accepted");
      ok(Object.keys(wrong).length > 0, "there is no plausible wrong answer");
      for (const [mistake, answer] of Object.entries(wrong)) {
        const { right } = await exercise(answer);
        strictEqual(right, false, `this wrong answer was accepted: ${mistake}`);
      }
      const { right, message } = await exercise(solution);
      strictEqual(right, true, `the solution was rejected: ${message}`);
    });
  }
}
