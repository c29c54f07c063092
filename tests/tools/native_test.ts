/** `task native` says in one sentence what is missing, and puts files where tfjs-node has them. */
import assert from "node:assert/strict";
import { exists } from "../../tools/files.ts";
import { fetchOfficial } from "../../tools/native/official.ts";
import { paths } from "../../tools/paths.ts";
import { StatusLine, UserError } from "../../tools/report.ts";
import { helperEnds, inFolder } from "./_helper.ts";

const ends = helperEnds(`${paths.root}/tools/native/tensorflow.py`);
const installed = await exists(`${paths.made}/native`);

Deno.test({
  name: "native: where it is installed and works, a second call changes nothing",
  ignore: !installed,
  fn: async () => {
    const record = () => Deno.stat(`${paths.made}/native/polytask.json`);
    const { mtime } = await record();
    const { code, stdout, stderr } = await new Deno.Command(paths.deno, {
      args: ["task", "--quiet", "native"],
      cwd: paths.root,
      env: { NO_COLOR: "1" },
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    assert.equal(code, 0, error);
    assert.match(out, /^TensorFlow \S+ is installed and works\. Nothing to do\.$/m);
    assert.deepEqual((await record()).mtime, mtime);
  },
});

const requirements = `${paths.root}/tools/native/requirements.txt`;
const build = (folder: string) => ["wheel", folder, requirements, folder, `${folder}/target`];

Deno.test("native: a missing compiler is told before anything is fetched", () =>
  inFolder(async (folder) => {
    const { code, said } = await ends(
      "import shutil\nshutil.which = lambda name: None",
      build(folder),
    );
    assert.equal(code, 3);
    assert.match(said, /^A C\+\+ compiler is needed .*apt install g\+\+\)\.$/);
  }));

const COMPILER = "import shutil\nshutil.which = lambda name: name\n";

Deno.test("native: a full disk is told before anything is fetched", () =>
  inFolder(async (folder) => {
    const { code, said } = await ends(
      `${COMPILER}import types\nshutil.disk_usage = lambda path: types.SimpleNamespace(free=5_000_000)`,
      build(folder),
    );
    assert.equal(code, 3);
    assert.match(said, /^The disk is too full: TensorFlow needs 1300 MB .* 5 MB are free\.$/);
  }));

Deno.test("native: a package index that cannot be reached is told", () =>
  inFolder(async (folder) => {
    const { code, said } = await ends(COMPILER, build(folder), {
      PIP_CONFIG_FILE: "/dev/null",
      PIP_FIND_LINKS: "",
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_RETRIES: "0",
    });
    assert.equal(code, 3);
    assert.match(said, /^TensorFlow cannot be fetched: the network or the Python package index/);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  }));

Deno.test("native: tfjs-node's own download is unpacked to where tfjs-node looks", () =>
  inFolder(async (folder) => {
    const prelude = `import io, tarfile
def pack(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content.startswith("->"):
                info.type, info.linkname = tarfile.SYMTYPE, content[2:]
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content.encode()))
pack("${folder}/library.tar.gz", {
    "./lib/libtensorflow.so.2.9.1": "library",
    "./lib/libtensorflow.so.2": "->libtensorflow.so.2.9.1",
    "./include/tensorflow/c/c_api.h": "header",
})
pack("${folder}/binding.tar.gz", {"../../napi-v8/tfjs_binding.node": "binding"})
pack("${folder}/empty.tar.gz", {"README": "nothing"})`;
    const target = `${folder}/target`;
    const [library, binding, empty] = ["library", "binding", "empty"].map((name) =>
      `${folder}/${name}.tar.gz`
    );
    const { code, said } = await ends(prelude, ["unpack", library, binding, target]);
    assert.equal(code, 0, said);
    const text = (path: string) => Deno.readTextFile(`${target}/${path}`);
    assert.equal(await text("lib/napi-v8/tfjs_binding.node"), "binding");
    assert.equal(await text("deps/lib/libtensorflow.so.2"), "library");
    assert.equal([...Deno.readDirSync(`${target}/deps/lib`)].length, 2);
    const other = await ends("", ["unpack", library, empty, `${folder}/other`]);
    assert.match(other.said, /^The download of tfjs-node does not hold what it should\.$/);
  }));

Deno.test("native: archives are fetched whole, and a refusal names the host", () =>
  inFolder(async (folder) => {
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) =>
        request.url.endsWith("/there")
          ? new Response(new Uint8Array(100_000).fill(7))
          : new Response("no", { status: 404 }),
    );
    const address = (path: string) => `http://127.0.0.1:${server.addr.port}/${path}`;
    const status = new StatusLine();
    const { library } = await fetchOfficial(folder, status, {
      binding: address("there"),
      library: address("there"),
    });
    assert.deepEqual(await Deno.readFile(library), new Uint8Array(100_000).fill(7));
    await assert.rejects(
      fetchOfficial(folder, status, { binding: address("gone"), library: address("there") }),
      (error) =>
        error instanceof UserError &&
        /cannot be had from 127\.0\.0\.1:\d+ \(it answers 404\)/.test(error.message),
    );
  }));
