import { ok, strictEqual } from "node:assert/strict";
import { testOnRealData } from "./data/_real.ts";

const root = new URL("../", import.meta.url);

/** The first TypeScript block of the README that trains a model. */
async function programOfReadme(): Promise<string> {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code);
  const program = blocks.find((code) => code.includes("multiMnist"));
  ok(program, "README.md has no program with multiMnist");
  return program;
}

testOnRealData(
  "mnist",
  "the program of the README runs as it stands (with fewer pairs)",
  async () => {
    const program = (await programOfReadme()).replace("train: 20_000", "train: 512, test: 256");
    ok(program.includes("train: 512"), "the program no longer says train: 20_000");
    const folder = new URL(".polytask/tmp/", root);
    await Deno.mkdir(folder, { recursive: true });
    const file = new URL(`program-${crypto.randomUUID()}.ts`, folder);
    const evaluated = program.replace(
      "await model.evaluate(test);",
      "export const evaluation = $&",
    );
    ok(evaluated !== program, "the program no longer evaluates on the test data");
    await Deno.writeTextFile(file, `${evaluated}\nexport { history, model };\n`);
    try {
      const { history, evaluation, model } = await import(file.href);
      strictEqual(history.epochs.length, 3);
      strictEqual(Object.keys(evaluation).join(), "left,right");
      ok(evaluation.left.accuracy >= 0 && evaluation.left.accuracy <= 1);
      const [first, , last] = history.epochs;
      ok(last.train.left.loss < first.train.left.loss, "the loss did not fall");
      model.dispose();
    } finally {
      await Deno.remove(file);
    }
  },
);
