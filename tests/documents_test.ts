/** The documents of the repository say what is there. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const documents = [root, join(root, "docs")].flatMap((folder) =>
  readdirSync(folder).filter((name) => name.endsWith(".md")).map((name) => join(folder, name))
);

const read = (path: string) => readFileSync(path, "utf8");

Deno.test("every file and picture that a document points to is there", () => {
  const missing = documents.flatMap((path) =>
    [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(dirname(path), target)))
      .map((target) => `${path.slice(root.length)} points to ${target}`)
  );
  deepStrictEqual(missing, []);
});

Deno.test("every task that a document names is in deno.json", () => {
  const { tasks } = JSON.parse(read(join(root, "deno.json")));
  for (const path of documents) {
    for (const [, name] of read(path).matchAll(/deno(?:@[\d.]+)? task ([a-z][a-z:]*)/g)) {
      ok(name in tasks, `${path.slice(root.length)} names the task ${name}`);
    }
  }
});

Deno.test("the README has the two commands", () => {
  const lines = read(join(root, "README.md")).split("\n");
  for (const command of ["npx -y deno@2.8.1 task course", "npx -y deno@2.8.1 task test"]) {
    ok(lines.includes(command), command);
  }
});

Deno.test("every public room and every balancing method of the tables is named", async () => {
  const { gramianMethods, jacobianMethods, lossMethods } = await import("polytask");
  const readme = read(join(root, "README.md")).toLowerCase().replaceAll(/[^a-z]/g, "");
  // Written otherwise than their keys.
  const written: Record<string, string> = { equal: "equalandfixed", fixed: "fixedweights" };
  const keys = [gramianMethods, jacobianMethods, lossMethods].flatMap((table) =>
    Object.keys(table)
  );
  for (const key of new Set(keys)) {
    const name = written[key] ?? key.replaceAll(/[^a-z]/g, "");
    ok(readme.includes(name), `README.md does not name the method ${key}`);
  }
  const conventions = read(join(root, "docs/conformance.md")).split("## Conventions")[1];
  for (const key of new Set(keys)) {
    ok(conventions.includes(`\`${key}\``), `docs/conformance.md has no convention of ${key}`);
  }
  const architecture = read(join(root, "docs/architecture.md"));
  for (const entry of readdirSync(join(root, "lib"), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    ok(new RegExp(`^\\| \`${entry.name}\` +\\|`, "m").test(architecture), entry.name);
  }
});

Deno.test("the programs in the README and in the pages on architectures and backends compile", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--doc-only", "README.md", "docs/model_architectures.md", "docs/backends.md"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
});
