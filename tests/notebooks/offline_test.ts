/** Without a network and without a mirror, a chapter runs on generated data and says so at its top. */
import assert from "node:assert/strict";
import { cellText, type Notebook, parseNotebook } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";

/** The scripts stand as deep as the notebooks, for what these import by relative paths. */
const folder = paths.made;
const chapters = `${paths.root}/notebooks`;

/**
 * The top-level statements of a cell, each with its comments. As cells are formatted, a statement
 * begins at a line that is neither indented nor closes a bracket.
 */
function statements(code: string): string[] {
  const found: string[] = [];
  let comments = "";
  for (const line of code.split("\n")) {
    if (/^(?:\/\/|\/\*| \*)/.test(line)) comments += `${line}\n`;
    else if (/^[^\s)}\]`]/.test(line)) {
      found.push(`${comments}${line}`);
      comments = "";
    } else if (found.length > 0) found[found.length - 1] += `\n${line}`;
  }
  return found;
}

/** The names that a top-level statement declares; none when it only does something. */
function declared(statement: string): string[] {
  const [, names = ""] =
    /^(?:(?:const|let|class|type|interface)|(?:async )?function) ([^=(<;]+)/m.exec(statement) ?? [];
  // Of a destructured object the new names, of anything else the name before its type.
  if (/^[{[]/.test(names)) return names.replace(/\w+:/g, "").match(/\w+/g) ?? [];
  return names.match(/^\w+/) ?? [];
}

/** The statement that says where data come from. */
const SAYS = /^await sayWhereFrom\(/m;

/** The code of a chapter that leads to its tables of data, and what that needs. */
function leadingToData(notebook: Notebook): { program: string; tables: number } {
  const all = notebook.cells
    .filter(({ cell_type }) => cell_type === "code")
    .flatMap((cell) => statements(cellText(cell)));
  const tables = all.filter((statement) => SAYS.test(statement)).length;
  assert.ok(tables > 0, "the chapter does not say where its data come from");
  const chosen = new Set<number>();
  all.forEach((statement, at) => {
    if (SAYS.test(statement) || /^import /m.test(statement)) chosen.add(at);
    if (statement.includes("await startChapter()")) chosen.add(at);
  });
  // The set grows while it is gone through.
  for (const at of chosen) {
    const used = new Set(all[at].replace(/^\s*(?:\/?\*|\/\/).*$/gm, "").match(/\w+/g));
    all.slice(0, at).forEach((earlier, place) => {
      if (declared(earlier).some((name) => used.has(name))) chosen.add(place);
    });
  }
  const inOrder = [...chosen].sort((one, other) => one - other).map((at) => all[at]);
  return {
    program: inOrder.join("\n").replaceAll("await sayWhereFrom(", "await tellTheTest("),
    tables,
  };
}

/** What a program says to the test before it says it to the reader; no table cuts it off. */
const TELLING = `
async function tellTheTest(...sets: Parameters<typeof sayWhereFrom>): Promise<void> {
  const told = sets.map(({ name, origin, description }) => ({ name, origin, description }));
  console.log("\\nTOLD " + JSON.stringify(told));
  await sayWhereFrom(...sets);
}
`;

interface Told {
  readonly name: string;
  readonly origin: string;
  readonly description: string;
}

/** Runs a program that may not ask the network and finds neither cache nor mirror. */
async function runOffline(program: string): Promise<{ text: string; ok: boolean }> {
  const nowhere = `${folder}/offline-${crypto.randomUUID()}`;
  const script = `${nowhere}.ts`;
  await Deno.writeTextFile(script, program);
  try {
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--no-check", `--config=${paths.root}/deno.json`],
        ...["--allow-read", "--allow-env", "--allow-sys", `--allow-write=${nowhere}`, script],
      ],
      env: {
        POLYTASK_DATA_CACHE: nowhere,
        POLYTASK_DATA_MIRROR: nowhere,
        POLYTASK_BACKEND: "wasm",
        POLYTASK_PROFILE: "quick",
        NO_COLOR: "1",
      },
    }).output();
    const decode = (part: Uint8Array) => new TextDecoder().decode(part);
    return { text: decode(stdout) + decode(stderr), ok: success };
  } finally {
    await Deno.remove(script);
    await Deno.remove(nowhere, { recursive: true }).catch(() => {});
  }
}

for await (const { name } of Deno.readDir(chapters)) {
  if (!name.endsWith(".ipynb")) continue;
  Deno.test(`without network and mirror: ${name}`, async () => {
    const file = `${chapters}/${name}`;
    const notebook = parseNotebook(await Deno.readTextFile(file), file);
    const { program, tables } = leadingToData(notebook);
    const { text, ok } = await runOffline(`${program}\n${TELLING}\nDeno.exit(0);\n`);
    assert.ok(ok, text);
    const told: Told[][] = [...text.matchAll(/^TOLD (.*)$/gm)].map(([, sets]) => JSON.parse(sets));
    assert.equal(told.length, tables, text);
    assert.equal(text.split("The data of this chapter").length - 1, tables, text);
    for (const { name, origin, description } of told.flat()) {
      assert.equal(origin, "generated", name);
      assert.match(description, /\b(generated|drawn)\b/i, name);
    }
  });
}
