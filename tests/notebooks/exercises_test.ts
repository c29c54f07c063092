import { ok, strictEqual } from "node:assert/strict";
import type { AnswerKey, Exercise } from "../../notebooks/exercises/exercise.ts";

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
