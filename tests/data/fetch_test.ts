import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { gunzip } from "../../lib/data/_unpack.ts";
import { unxz } from "../../lib/data/_unpack_xz.ts";
import { unzipMember } from "../../lib/data/_unpack_zip.ts";
import { findLocally, obtain } from "../../lib/data/fetch.ts";
import {
  cacheFolder,
  ChecksumError,
  DataFormatError,
  DataUnavailableError,
  mirrorPlace,
  readDataArchive,
  readDataFile,
} from "../../lib/data/mod.ts";
import { zipSync } from "fflate";
import fc from "fast-check";
import { entryFor, sha256, someBytes } from "./_catalog.ts";
import { damaged, parsesOrExplains } from "./formats/_fuzz.ts";
import { testOnRealData } from "./_real.ts";
import { serve } from "./_server.ts";
import { temporaryFolder } from "./_temporary.ts";
import { packedBytes, xzBomb } from "./_xz.ts";

const bytes = someBytes(5000);

function folderWith(files: Record<string, Uint8Array>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    Deno.mkdirSync(`${folder}/${name}/..`.replace(/\/[^/]*\/\.\.$/, ""), { recursive: true });
    Deno.writeFileSync(`${folder}/${name}`, content);
  }
  return folder;
}

Deno.test("the cache comes before the mirror, packed forms are unpacked", async () => {
  const packed = new Uint8Array(gzipSync(bytes));
  const gzip = {
    kind: "gzip",
    path: "test/file.bin.gz",
    bytes: packed.length,
    sha256: sha256(packed),
  } as const;
  const entry = entryFor(bytes, [], {}, gzip);
  const both = {
    cache: folderWith({ "test/file.bin": bytes }),
    mirror: folderWith({ "test/file.bin.gz": packed }),
  };
  const inCache = await findLocally(entry, both);
  deepStrictEqual([inCache?.from, inCache?.contents], ["cache", new Uint8Array(bytes)]);
  const inMirror = await findLocally(entry, { ...both, cache: temporaryFolder() });
  deepStrictEqual([inMirror?.from, inMirror?.contents], ["mirror", new Uint8Array(bytes)]);
  strictEqual(await findLocally(entry, { cache: temporaryFolder(), mirror: null }), undefined);
});

Deno.test("a damaged copy in the cache or the mirror is an error that names both sums", async () => {
  const flipped = bytes.slice();
  flipped[99] ^= 8;
  for (const place of ["cache", "mirror"]) {
    const places = { cache: temporaryFolder(), mirror: temporaryFolder() };
    const damagedPlace = { ...places, [place]: folderWith({ "test/file.bin": flipped }) };
    await rejects(findLocally(entryFor(bytes, []), damagedPlace), (error: Error) => {
      ok(error instanceof ChecksumError);
      ok(error.message.includes(sha256(bytes)) && error.message.includes(sha256(flipped)));
      match(error.message, /file\.bin has 5000 bytes .* Delete the file and load it again/);
      return true;
    });
  }
});

testOnRealData("palmerpenguins", "a file comes from a mirror address into the cache", async () => {
  const key = "palmerpenguins/penguins.csv";
  const original = await readDataFile(key);
  await using server = serve((path) =>
    path === `/copies/${key}`
      ? new Response(new Uint8Array(original))
      : new Response("", { status: 404 })
  );
  const options = { cache: temporaryFolder(), mirror: `${server.address}/copies/` };
  const first = await obtain(key, options);
  deepStrictEqual([first.from, first.place], ["network", `${server.address}/copies/${key}`]);
  deepStrictEqual(first.contents, original);
  strictEqual((await obtain(key, options)).from, "cache");
  strictEqual(server.requests.length, 1);
});

Deno.test("nothing anywhere: the message names the places and what to do", async () => {
  const cache = temporaryFolder();
  await rejects(
    readDataFile("crabs/crabs.dat", { cache, mirror: null, offline: true }),
    (error: Error) => {
      ok(error instanceof DataUnavailableError);
      ok(error.message.includes(cache));
      match(error.message, /there is no mirror.*offline.*task data fetch crabs.*crabs\/crabs\.dat/);
      return true;
    },
  );
  await rejects(readDataFile("no/such"), /The data catalogue has no file "no\/such"/);
});

testOnRealData("fsdd", "an archive is read as members, a file as bytes", async () => {
  const members = await readDataArchive("fsdd/recordings");
  strictEqual(members.size, 3000);
  await rejects(readDataFile("fsdd/recordings"), /is an archive; use readDataArchive/);
});

Deno.test("cache and mirror: options, then the environment, then the checkout", () => {
  const before = Deno.env.toObject();
  try {
    Deno.env.delete("POLYTASK_DATA_CACHE");
    Deno.env.delete("POLYTASK_DATA_MIRROR");
    match(cacheFolder(), /[\\/]data[\\/]cache$/);
    Deno.env.set("POLYTASK_DATA_CACHE", "/elsewhere");
    Deno.env.set("POLYTASK_DATA_MIRROR", "https://mirror.example/data/");
    strictEqual(cacheFolder(), "/elsewhere");
    strictEqual(mirrorPlace(), "https://mirror.example/data");
    strictEqual(cacheFolder({ cache: "/mine" }), "/mine");
    strictEqual(mirrorPlace({ mirror: "/copies" }), "/copies");
    strictEqual(mirrorPlace({ mirror: null }), undefined);
  } finally {
    for (const name of ["POLYTASK_DATA_CACHE", "POLYTASK_DATA_MIRROR"]) {
      if (before[name] === undefined) Deno.env.delete(name);
      else Deno.env.set(name, before[name]);
    }
  }
});

Deno.test("a gzip bomb is stopped at its bound", () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
  ok(bomb.length < 60_000);
  throws(() => gunzip(bomb, "bomb.gz", 1000), /bomb\.gz, .*unpacks to more than the 1000 bytes/);
});

Deno.test("damaged gzip and zip files are explained", () => {
  const packed = new Uint8Array(gzipSync(bytes));
  fc.assert(
    fc.property(damaged(packed), (broken) => {
      const unpacked = parsesOrExplains(() => gunzip(broken, "a.gz", 10_000));
      if (unpacked) ok(unpacked.length <= 10_000);
    }),
    { numRuns: 500 },
  );
  const archive = new Uint8Array(zipSync({ a: bytes }));
  fc.assert(
    fc.property(damaged(archive), (broken) => {
      const unpacked = parsesOrExplains(() => unzipMember(broken, "a", "a.zip", 10_000));
      if (unpacked) ok(unpacked.length <= 10_000);
    }),
    { numRuns: 500 },
  );
  throws(() => unzipMember(archive, "b", "a.zip", 10_000), /has no member "b"; it has a\./);
  throws(() => unzipMember(archive, "a", "a.zip", 10), /"a" is larger than the 10 bytes/);
});

Deno.test("damaged xz files are explained, and bombs are stopped at their bound", async () => {
  deepStrictEqual(await unxz(packedBytes, "a.xz", 5000), new Uint8Array(bytes));
  await fc.assert(
    fc.asyncProperty(damaged(packedBytes), async (broken) => {
      const unpacked = await unxz(broken, "a.xz", 10_000).catch((error) => {
        parsesOrExplains(() => {
          throw error;
        });
      });
      if (unpacked) ok(unpacked.length <= 10_000);
    }),
    { numRuns: 500 },
  );
  const explain = (packed: Uint8Array, message: RegExp) =>
    rejects(unxz(packed, "a.xz", 1000), (error: Error) => {
      ok(error instanceof DataFormatError && message.test(error.message), error.message);
      return true;
    });
  await explain(xzBomb, /a\.xz, .*unpacks to more than the 1000 bytes that it may have\./);
  await explain(packedBytes.slice(0, 300), /the xz data end too early; the file is cut short\./);
  await explain(bytes, /starts with the bytes fd 37 7a 58 5a 00, but this one starts with 00 ef/);
  await explain(new Uint8Array(0), /but this one starts with nothing\./);
});
