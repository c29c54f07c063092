import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describeDiskError } from "../../lib/data/_download.ts";
import { Random } from "../../lib/math/random.ts";
import { filesBelow, someBytes } from "./_catalog.ts";
import { ranged, serve, slow, type TestServer } from "./_server.ts";
import { temporaryFolder } from "./_temporary.ts";

const script = fileURLToPath(new URL("./_fetch_process.ts", import.meta.url));
const COUNT = 200_000;
/** Downloads that are killed. */
const KILLS = 200;
/** Caches in which that happens side by side: most of the time a download only waits. */
const CACHES = 8;
const bytes = someBytes(COUNT);

function fetchProcess(url: string, cache: string, ...before: string[]): Deno.ChildProcess {
  const [command, ...rest] = [
    ...before,
    Deno.execPath(),
    "run",
    "--no-check",
    "--allow-all",
    script,
    url,
    cache,
    String(COUNT),
  ];
  return new Deno.Command(command, { args: rest, stdout: "piped", stderr: "piped" }).spawn();
}

async function outputOf(process: Deno.ChildProcess): Promise<{ out: string; error: string }> {
  const { stdout, stderr } = await process.output();
  const decode = (part: Uint8Array) => new TextDecoder().decode(part).trim();
  return { out: decode(stdout), error: decode(stderr) };
}

Deno.test("two processes that fetch the same file at once both end well", async () => {
  await using server = serve((_, from) => ranged(bytes, from, slow(bytes.slice(from), 20, 10)));
  const cache = temporaryFolder();
  const both = await Promise.all(
    [1, 2].map(() => outputOf(fetchProcess(`${server.address}/a`, cache))),
  );
  deepStrictEqual(both.map(({ out }) => out), [String(COUNT), String(COUNT)]);
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
});

/** Ends `count` downloads into one cache at random points; says how many parts they left. */
async function killDownloads(
  { address, requests }: TestServer,
  path: string,
  count: number,
): Promise<number> {
  const cache = temporaryFolder();
  const random = new Random(`when to kill ${path}`);
  const asked = () => requests.filter((request) => request.startsWith(path)).length;
  let parts = 0;
  for (let attempt = 0; attempt < count; attempt++) {
    const before = asked();
    const process = fetchProcess(`${address}${path}`, cache);
    // Long enough for the process to start, short of the 200 ms that the download takes.
    while (asked() === before) await pause(5);
    await pause(random.integer(230));
    try {
      process.kill("SIGKILL");
    } catch {
      // It had already ended.
    }
    await process.output();
    const files = filesBelow(cache);
    if (files.includes("test/file.bin")) {
      deepStrictEqual(Deno.readFileSync(`${cache}/test/file.bin`), new Uint8Array(bytes));
      Deno.removeSync(`${cache}/test/file.bin`);
    }
    for (const name of files.filter((name) => name.endsWith(".part"))) {
      parts++;
      Deno.utimeSync(`${cache}/${name}`, 0, 0);
    }
  }
  const { out } = await outputOf(fetchProcess(`${address}${path}`, cache));
  strictEqual(out, String(COUNT));
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
  return parts;
}

Deno.test(`${KILLS} processes killed at random points leave caches right; their parts are used`, async () => {
  await using server = serve((_, from) => ranged(bytes, from, slow(bytes.slice(from), 25, 8)));
  const parts = await Promise.all(
    Array.from({ length: CACHES }, (_, at) => killDownloads(server, `/${at}`, KILLS / CACHES)),
  );
  ok(parts.every((left) => left > 0), `no process was killed midway: ${parts}`);
  const continued = server.requests.filter((request) => request.includes("bytes=")).length;
  ok(continued >= CACHES, `${continued} parts were continued`);
});

Deno.test({
  name: "a disk that takes no more is a sentence, and the part is given back",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = serve(() => new Response(bytes));
    const cache = temporaryFolder();
    // A limit on file sizes (in blocks of 512 or 1024 bytes) stands in for a full disk.
    const limited = ["sh", "-c", `trap "" XFSZ; ulimit -f 50; exec "$@"`, "sh"];
    const { out, error } = await outputOf(fetchProcess(`${server.address}/a`, cache, ...limited));
    strictEqual(out, "");
    match(error, /DataError: .*file\.bin.* could not be written: .*too large/i);
    deepStrictEqual(filesBelow(cache), []);
  },
});

Deno.test("a full disk and a forbidden folder are named as such", () => {
  const said = (code: string) =>
    describeDiskError(Object.assign(new Error("os error"), { code }), "/cache/x").message;
  match(said("ENOSPC"), /^The disk is full: \/cache\/x .* POLYTASK_DATA_CACHE/);
  match(said("EACCES"), /^\/cache\/x may not be written \(EACCES\).* POLYTASK_DATA_CACHE/);
  match(said("EIO"), /^\/cache\/x could not be written: os error\.$/);
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
