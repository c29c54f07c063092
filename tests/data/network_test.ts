import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { zipSync } from "fflate";
import { gzipSync } from "node:zlib";
import { fetchFromNetwork } from "../../lib/data/_network.ts";
import { Random } from "../../lib/math/random.ts";
import { ChecksumError, DataError, type DownloadProgress } from "../../lib/data/mod.ts";
import { entryFor, filesBelow, sha256, someBytes } from "./_catalog.ts";
import { makeTar } from "./_make_tar.ts";
import { broken, ranged, serve, slow } from "./_server.ts";
import { temporaryFile, temporaryFolder } from "./_temporary.ts";

const bytes = someBytes(50_000);
const newCache = () => temporaryFolder();

Deno.test("a good download appears in the cache, and nothing else does", async () => {
  await using server = serve(() => new Response(bytes));
  const cache = newCache();
  const { contents, url } = await fetchFromNetwork(
    entryFor(bytes, [`${server.address}/a`]),
    cache,
    {},
  );
  deepStrictEqual(contents, new Uint8Array(bytes));
  strictEqual(url, `${server.address}/a`);
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
});

Deno.test("addresses are tried in turn: 404, a web page, a dead port, then a good one", async () => {
  await using server = serve((path) => {
    if (path === "/gone") return new Response("gone", { status: 404 });
    if (path === "/login") {
      return new Response("<html>log in", { headers: { "content-type": "text/html" } });
    }
    if (path === "/disguised") return new Response("\n<!DOCTYPE html><title>Log in</title>");
    return new Response(bytes);
  });
  const urls = ["gone", "login", "disguised"].map((path) => `${server.address}/${path}`);
  const dead = "http://127.0.0.1:1/x";
  const entry = entryFor(bytes, [...urls, dead, `${server.address}/good`]);
  const { contents, failures } = await fetchFromNetwork(entry, newCache(), {});
  ok(contents);
  strictEqual(failures.length, 4);
  match(failures[0], /\/gone answers 404/);
  match(failures[1], /\/login gives a web page \(HTML\) instead of data/);
  match(failures[2], /\/disguised gives a web page \(HTML\) instead of data/);
  match(failures[3], /127\.0\.0\.1:1/);
});

Deno.test("when no address works, all reasons are there and the cache is empty", async () => {
  await using server = serve(() => new Response("no", { status: 500 }));
  const cache = newCache();
  const fetched = await fetchFromNetwork(
    entryFor(bytes, [`${server.address}/a`, `${server.address}/b`]),
    cache,
    {},
  );
  strictEqual(fetched.contents, undefined);
  strictEqual(fetched.failures.length, 2);
  deepStrictEqual(filesBelow(cache), []);
});

Deno.test("flipped bits are an error that names both sums; nothing is kept", async () => {
  const flipped = bytes.slice();
  flipped[12_345] ^= 1;
  await using server = serve(() => new Response(flipped));
  const cache = newCache();
  const good = `${server.address}/good`;
  await rejects(
    fetchFromNetwork(entryFor(bytes, [`${server.address}/bad`, good]), cache, {}),
    (error: Error) => {
      ok(error instanceof ChecksumError);
      strictEqual(error.expected, sha256(bytes));
      strictEqual(error.found, sha256(flipped));
      ok(error.message.includes(error.expected) && error.message.includes(error.found));
      return true;
    },
  );
  deepStrictEqual(filesBelow(cache), []);
  deepStrictEqual(server.requests, ["/bad"]);
});

Deno.test("more bytes than catalogued are not taken", async () => {
  await using server = serve(() => new Response(slow(someBytes(500_000), 50, 0)));
  const cache = newCache();
  const { failures } = await fetchFromNetwork(
    entryFor(bytes, [`${server.address}/long`]),
    cache,
    {},
  );
  match(failures[0], /sends more than the 50000 bytes that the file has/);
  deepStrictEqual(filesBelow(cache), []);
});

Deno.test("a download that breaks off goes on where it stopped", async () => {
  let breaks = 2;
  await using server = serve((_, from) =>
    breaks-- > 0
      ? ranged(bytes, from, broken(bytes.slice(from, from + 15_000)))
      : ranged(bytes, from)
  );
  const cache = newCache();
  const { contents } = await fetchFromNetwork(entryFor(bytes, [`${server.address}/a`]), cache, {});
  deepStrictEqual(contents, new Uint8Array(bytes));
  deepStrictEqual(server.requests, ["/a", "/a bytes=15000-", "/a bytes=30000-"]);
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
});

Deno.test("a server without ranges starts over; one that sends the wrong range is refused", async () => {
  let first = true;
  await using server = serve((path, from) => {
    if (path === "/wrong") {
      return new Response(bytes.slice(5), {
        status: 206,
        headers: { "content-range": "bytes 5-49999/50000" },
      });
    }
    if (!first || from === 0 && !first) return new Response(bytes);
    first = false;
    return new Response(broken(bytes.slice(0, 10_000)));
  });
  const cache = newCache();
  const { contents, failures } = await fetchFromNetwork(
    entryFor(bytes, [`${server.address}/wrong`, `${server.address}/plain`]),
    cache,
    {},
  );
  match(failures[0], /was asked for the bytes from 0 on, but sends "bytes 5-/);
  deepStrictEqual(contents, new Uint8Array(bytes));
  deepStrictEqual(server.requests, ["/wrong", "/plain", "/plain bytes=10000-"]);
});

Deno.test("a kept part with wrong bytes is dropped and the download starts over once", async () => {
  let first = true;
  await using server = serve((_, from) => {
    if (!first) return ranged(bytes, from);
    first = false;
    return new Response(broken(new Uint8Array(20_000).fill(1)));
  });
  const { contents } = await fetchFromNetwork(
    entryFor(bytes, [`${server.address}/a`]),
    newCache(),
    {},
  );
  deepStrictEqual(contents, new Uint8Array(bytes));
  deepStrictEqual(server.requests, ["/a", "/a bytes=20000-", "/a"]);
});

Deno.test("an address that sends nothing is given up", async () => {
  await using server = serve((path) =>
    path === "/stalls" ? new Response(slow(bytes, 2, 400)) : new Response(bytes)
  );
  const entry = entryFor(bytes, [`${server.address}/stalls`, `${server.address}/good`]);
  const { contents, failures } = await fetchFromNetwork(entry, newCache(), {
    stallMilliseconds: 80,
  });
  ok(contents);
  match(failures[0], /\/stalls.*nothing came for 80 ms/);
});

Deno.test("an ended download is continued by the next one; at no time is the cache wrong", async () => {
  await using server = serve((_, from) => ranged(bytes, from, slow(bytes.slice(from), 10, 1)));
  const random = new Random("when to stop");
  const cache = newCache();
  const entry = entryFor(bytes, [`${server.address}/a`]);
  let finished = 0;
  for (let attempt = 0; attempt < 200; attempt++) {
    // Now and then one is left in peace, so that a slow machine finishes some as well.
    const signal = attempt % 10 === 9 ? undefined : AbortSignal.timeout(random.integer(12));
    await fetchFromNetwork(entry, cache, { signal }).then(() => finished++, () => {});
    const files = filesBelow(cache);
    if (!files.includes("test/file.bin")) continue;
    deepStrictEqual(Deno.readFileSync(`${cache}/test/file.bin`), new Uint8Array(bytes));
    Deno.removeSync(`${cache}/test/file.bin`);
  }
  const { contents } = await fetchFromNetwork(entry, cache, {});
  deepStrictEqual(contents, new Uint8Array(bytes));
  ok(server.requests.some((request) => request.includes("bytes=")), "never continued");
  ok(finished >= 20, `${finished} finished`);
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
});

Deno.test("an abandoned part is continued by one of two fetches; the other begins anew", async () => {
  const bothAsked = Promise.withResolvers<void>();
  await using server = serve(async (_, from) => {
    if (server.requests.length === 2) bothAsked.resolve();
    await bothAsked.promise;
    return ranged(bytes, from);
  });
  const cache = newCache();
  const entry = entryFor(bytes, [`${server.address}/a`]);
  const part = `${cache}/test/file.bin.${entry.sha256.slice(0, 8)}.left.part`;
  Deno.mkdirSync(`${cache}/test`);
  Deno.writeFileSync(part, bytes.slice(0, 20_000));
  Deno.utimeSync(part, 0, 0);
  const first = fetchFromNetwork(entry, cache, {});
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  // Under another spelling of the folder, as from another process: in this one both were the same.
  const both = await Promise.all([first, fetchFromNetwork(entry, `${cache}/`, {})]);
  for (const { contents } of both) deepStrictEqual(contents, new Uint8Array(bytes));
  deepStrictEqual(server.requests, ["/a bytes=20000-", "/a"]);
  deepStrictEqual(filesBelow(cache), ["test/file.bin"]);
});

Deno.test("several downloads of one file at once in this process become one", async () => {
  await using server = serve(() => new Response(slow(bytes, 5, 2)));
  const entry = entryFor(bytes, [`${server.address}/a`]);
  const cache = newCache();
  const all = await Promise.all([1, 2, 3].map(() => fetchFromNetwork(entry, cache, {})));
  ok(all.every(({ contents }) => contents));
  strictEqual(server.requests.length, 1);
});

Deno.test("packed forms are checked before and after unpacking", async () => {
  const packed = new Uint8Array(gzipSync(bytes));
  const members = [{ name: "top/keep/a.txt", content: someBytes(10) }, {
    name: "top/readme",
    content: someBytes(3),
  }];
  const archive = new Uint8Array(gzipSync(makeTar(members)));
  const zip = zipSync({ "folder/file.bin": bytes, other: someBytes(9) });
  await using server = serve((path) =>
    new Response(path === "/gz" ? packed : path === "/tar" ? archive : new Uint8Array(zip))
  );
  const cache = newCache();
  const fetched = async (entry: ReturnType<typeof entryFor>) =>
    (await fetchFromNetwork(entry, cache, {})).contents;
  const gzip = {
    kind: "gzip",
    path: "test/file.bin.gz",
    bytes: packed.length,
    sha256: sha256(packed),
  } as const;
  deepStrictEqual(
    await fetched(entryFor(bytes, [`${server.address}/gz`], {}, gzip)),
    new Uint8Array(bytes),
  );
  const listing = new TextEncoder().encode(`${sha256(someBytes(10))}  keep/a.txt\n`);
  const tar = { kind: "tar.gz", path: "test/a.tar.gz", strip: "top/", keep: "keep/" } as const;
  const set = { bytes: 10, members: 1, sha256: sha256(listing) };
  const found = await fetched(entryFor(listing, [`${server.address}/tar`], set, tar));
  deepStrictEqual(found, new Map([["keep/a.txt", someBytes(10)]]));
  const inZip = { kind: "zip", path: undefined, member: "folder/file.bin" } as const;
  deepStrictEqual(
    await fetched(entryFor(bytes, [`${server.address}/zip`], {}, inZip)),
    new Uint8Array(bytes),
  );
  deepStrictEqual(filesBelow(cache), ["test/a.tar.gz", "test/file.bin", "test/file.bin.gz"]);
  const wrong = { ...set, sha256: sha256(bytes) };
  await rejects(
    fetched(
      entryFor(listing, [`${server.address}/tar`], { ...wrong, key: "b" }, { ...tar, path: "b" }),
    ),
    ChecksumError,
  );
  deepStrictEqual(filesBelow(cache), ["test/a.tar.gz", "test/file.bin", "test/file.bin.gz"]);
});

Deno.test("an archive that is damaged, cut or has not the member: the next address is asked", async () => {
  const zip = new Uint8Array(zipSync({ "file.bin": bytes }));
  const tar = makeTar([{ name: "a.txt", content: someBytes(10) }]);
  const answers: Record<string, Uint8Array<ArrayBuffer>> = {
    "/damaged.zip": zip.map((byte, at) => at > 60 && at < 200 ? byte ^ 0x5a : byte),
    "/cut.zip": zip.slice(0, 300),
    "/other.zip": new Uint8Array(zipSync({ "readme.txt": bytes })),
    "/good.zip": zip,
    "/cut.tar.gz": new Uint8Array(gzipSync(tar)).slice(0, 60),
    "/no.tar.gz": new Uint8Array(gzipSync(tar.slice(0, 700))),
    "/good.tar.gz": new Uint8Array(gzipSync(tar)),
  };
  await using server = serve((path) => new Response(answers[path]));
  const at = (ending: string) =>
    Object.keys(answers).filter((path) => path.endsWith(ending)).map((path) =>
      `${server.address}${path}`
    );
  const cache = newCache();
  const inZip = { kind: "zip", path: undefined, member: "file.bin" } as const;
  const zipped = await fetchFromNetwork(entryFor(bytes, at(".zip"), {}, inZip), cache, {});
  deepStrictEqual(zipped.contents, new Uint8Array(bytes));
  strictEqual(zipped.url, `${server.address}/good.zip`);
  match(zipped.failures[0], /\/damaged\.zip, byte 0: the zip archive is damaged .*[^.]$/);
  match(zipped.failures[1], /\/cut\.zip, byte 0: the zip archive is damaged/);
  match(zipped.failures[2], /\/other\.zip, byte 0: .* has no member "file\.bin"; it has readme/);
  const listing = new TextEncoder().encode(`${sha256(someBytes(10))}  a.txt\n`);
  const changes = { key: "test/tar", bytes: 10, members: 1, sha256: sha256(listing) };
  const inTar = { kind: "tar.gz", path: "test/a.tar.gz" } as const;
  const packed = await fetchFromNetwork(
    entryFor(listing, at(".tar.gz"), changes, inTar),
    cache,
    {},
  );
  deepStrictEqual(packed.contents, new Map([["a.txt", someBytes(10)]]));
  match(packed.failures[0], /\/cut\.tar\.gz, .*cut short/);
  match(packed.failures[1], /\/no\.tar\.gz, .*cut short/);
  deepStrictEqual(filesBelow(cache), ["test/a.tar.gz", "test/file.bin"]);
});

Deno.test("progress is told of long downloads only", async () => {
  await using server = serve((path) =>
    new Response(path === "/slow" ? slow(bytes, 10, 240) : bytes)
  );
  const told: DownloadProgress[] = [];
  const progress = (step: DownloadProgress) => told.push(step);
  await fetchFromNetwork(entryFor(bytes, [`${server.address}/fast`]), newCache(), { progress });
  strictEqual(told.length, 0);
  await fetchFromNetwork(entryFor(bytes, [`${server.address}/slow`]), newCache(), { progress });
  ok(told.length > 0);
  strictEqual(told[0].bytes, 50_000);
  ok(told[0].received > 0 && told[0].received <= 50_000);
});

Deno.test("a cache that cannot be written is a sentence that says what to do", async () => {
  await using server = serve(() => new Response(bytes));
  const file = temporaryFile();
  await rejects(
    fetchFromNetwork(entryFor(bytes, [`${server.address}/a`]), file, {}),
    (error: Error) => {
      ok(error instanceof DataError);
      match(error.message, /could not be written/);
      return true;
    },
  );
});
