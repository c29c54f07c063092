/** Set-up says in one sentence what is missing, and leaves no half environment. */
import assert from "node:assert/strict";
import { exists } from "../../tools/files.ts";
import { paths } from "../../tools/paths.ts";
import { helperEnds, inFolder } from "./_helper.ts";

const ends = helperEnds(`${paths.root}/tools/setup/environment.py`);

/** No uv on the path, which would do without the venv module. */
const NO_UV = "import shutil\nshutil.which = lambda name: None\n";

Deno.test("set-up: an old Python is told", async () => {
  const { code, said } = await ends("sys.version_info = (3, 9, 1)", ["probe"]);
  assert.equal(code, 3);
  assert.equal(said, "Python 3.10 or newer is needed, but python3 is Python 3.9.1.");
});

Deno.test("set-up: a missing venv module is told, with the package that has it", async () => {
  const { code, said } = await ends(`${NO_UV}sys.modules["ensurepip"] = None`, ["probe"]);
  assert.equal(code, 3);
  assert.match(said, /^Python has no venv module: install it .*apt install python3\.\d+-venv/);
});

Deno.test("set-up: a full disk is told before anything is made", () =>
  inFolder(async (folder) => {
    const prelude = "import shutil, types\n" +
      "shutil.disk_usage = lambda path: types.SimpleNamespace(free=5_000_000)";
    const requirements = `${folder}/requirements.txt`;
    const { code, said } = await ends(prelude, ["make", `${folder}/python`, requirements]);
    assert.equal(code, 3);
    assert.match(said, /^The disk is too full: set-up needs 600 MB in .*, but 5 MB are free\.$/);
    assert.equal(await exists(`${folder}/python`), false);
  }));

Deno.test("set-up: a missing network is told, and no half environment is left", () =>
  inFolder(async (folder) => {
    const requirements = `${folder}/requirements.txt`;
    await Deno.writeTextFile(requirements, "jupyterlab==4.6.6\n");
    const { code, said } = await ends(NO_UV, ["make", `${folder}/python`, requirements], {
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_CONFIG_FILE: "/dev/null",
      PIP_RETRIES: "0",
      PIP_NO_CACHE_DIR: "1",
    });
    assert.equal(code, 3);
    assert.match(said, /^The Python packages cannot be fetched: the network or the package index/);
    assert.equal(await exists(`${folder}/python`), false);
  }));

Deno.test("set-up: the lasting copy replaces an older one whole", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/source`, "new");
    await Deno.mkdir(`${folder}/bin`);
    await Deno.writeTextFile(`${folder}/bin/deno`, "old");
    const { code, said } = await ends("", ["link", `${folder}/source`, `${folder}/bin/deno`]);
    assert.equal(code, 0, said);
    assert.equal(await Deno.readTextFile(`${folder}/bin/deno`), "new");
    assert.deepEqual([...Deno.readDirSync(`${folder}/bin`)].map(({ name }) => name), ["deno"]);
  }));
