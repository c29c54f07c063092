/** Without a network and without a mirror, a chapter runs on generated data and says so at its top. */
import assert from "node:assert/strict";
import { cellText, type Notebook, parseNotebook } from "../../tools/notebook_source.ts";
import { paths } from "../../tools/paths.ts";

/** The scripts stand as deep as the notebooks, for what these import by relative paths. */
const folder = paths.made;
const chapters = `${paths.root}/notebooks`;

/** The code of a chapter up to the table that says where its data come from. */
function beginning(notebook: Notebook): string {
  const codes = notebook.cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(cellText);
  const last = codes.findIndex((code) => /^await sayWhereFrom\(/m.test(code));
  assert.ok(last >= 0, "the chapter does not say where its data come from");
  return codes.slice(0, last + 1).join("\n");
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
    const { text, ok } = await runOffline(`${beginning(notebook)}\nDeno.exit(0);\n`);
    assert.ok(ok, text);
    const [, told] = text.split("The data of this chapter");
    assert.ok(told, text);
    // One line for each set, and none of a set that was measured.
    assert.match(told, /generated/i);
    assert.doesNotMatch(told, /\bmeasured\b/, told);
  });
}
