/** The doctor in a checkout where nothing was set up, on a machine without a network. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { filesUnder } from "../../tools/files.ts";
import { paths } from "../../tools/paths.ts";

/** What the doctor needs of a checkout. */
const PARTS = ["lib", "tools"];
const FILES = ["deno.json", "deno.lock", "data/catalog.json"];

async function copyCheckout(to: string): Promise<void> {
  const files = [...FILES];
  for (const part of PARTS) {
    const found = await filesUnder(`${paths.root}/${part}`);
    files.push(...found.map((file) => file.slice(paths.root.length + 1)));
  }
  for (const file of files) {
    await Deno.mkdir(dirname(`${to}/${file}`), { recursive: true });
    await Deno.copyFile(`${paths.root}/${file}`, `${to}/${file}`);
  }
}

Deno.test("a fresh checkout without a network is told what is missing, and stays as it is", async () => {
  const folder = `${paths.made}/test-doctor-${crypto.randomUUID().slice(0, 8)}/checkout`;
  try {
    await copyCheckout(folder);
    const before = await filesUnder(folder);
    const { code, stdout, stderr } = await new Deno.Command(paths.deno, {
      args: ["task", "--quiet", "doctor"],
      cwd: folder,
      env: { NO_COLOR: "1", NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/" },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(error, "");
    assert.equal(code, 1);
    assert.match(out, /^right +Deno/);
    assert.match(out, /wrong +packages no node_modules\n +-> run deno task setup/);
    assert.match(out, /wrong +Python +no environment in \.polytask/);
    assert.match(out, /note +data +cannot be checked without the npm packages/);
    assert.match(out, /\n\d to put right, see "->" above\.\n$/);
    assert.deepEqual(await filesUnder(folder), before);
  } finally {
    await Deno.remove(dirname(folder), { recursive: true }).catch(() => {});
  }
});
