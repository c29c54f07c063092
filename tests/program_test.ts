import { ok, strictEqual } from "node:assert/strict";
import { catalogFiles } from "../lib/data/catalog.ts";
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

Deno.test("the command of the README for its program allows no more than MNIST needs", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const [, flags] = /^npx -y deno@\S+ run (.*) digits\.ts$/m.exec(readme) ?? [];
  const addresses = catalogFiles.filter(({ dataset }) => dataset === "mnist")
    .flatMap(({ variants }) => variants.flatMap(({ urls }) => urls))
    .filter((url) => url.startsWith("https:"));
  const hosts = [...new Set(addresses.map((url) => new URL(url).host))].sort();
  strictEqual(
    flags,
    `--no-prompt --allow-read=. --allow-write=data/cache --allow-net=${hosts.join(",")}`,
  );
});

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
