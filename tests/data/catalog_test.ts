import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { catalogDatasets, catalogFile, catalogFiles, filesOf } from "../../lib/data/mod.ts";
import { filesBelow } from "./_catalog.ts";

Deno.test("every file has sizes, sums, licence, citation and a place to be found at", () => {
  ok(catalogFiles.length >= 113);
  strictEqual(new Set(catalogFiles.map(({ key }) => key)).size, catalogFiles.length);
  for (const file of catalogFiles) {
    ok(file.key.startsWith(`${file.dataset}/`), file.key);
    match(file.sha256, /^[0-9a-f]{64}$/, file.key);
    ok(Number.isInteger(file.bytes) && file.bytes > 0, file.key);
    ok(file.licence.length > 3 && file.citation.length > 10, file.key);
    ok(
      ["allowed", "allowed (same conditions, non-commercial)", "research only", "unclear"]
        .includes(file.redistribution),
      file.key,
    );
    ok(file.variants.length > 0, file.key);
    for (const variant of file.variants) {
      const packed = variant.kind === "gzip" || variant.kind === "xz";
      if (packed) match(variant.sha256 ?? "", /^[0-9a-f]{64}$/, file.key);
      strictEqual(variant.path === undefined, variant.kind === "zip", file.key);
      strictEqual(variant.member !== undefined, variant.kind === "zip", file.key);
      ok(!variant.path?.includes("..") && !variant.path?.startsWith("/"), file.key);
      for (const url of variant.urls) ok(["https:", "http:"].includes(new URL(url).protocol), url);
    }
  }
});

Deno.test("no two files or forms share a path", () => {
  const paths = catalogFiles.flatMap(({ variants }) => variants.flatMap(({ path }) => path ?? []));
  strictEqual(new Set(paths).size, paths.length);
});

Deno.test("every data set is described and has files; secure addresses come first", () => {
  const used = new Set(catalogFiles.map(({ dataset }) => dataset));
  deepStrictEqual([...used].sort(), Object.keys(catalogDatasets).sort());
  for (const { key, variants } of catalogFiles) {
    for (const { urls } of variants) {
      const plain = urls.findIndex((url) => url.startsWith("http:"));
      if (plain >= 0) ok(urls.slice(plain).every((url) => url.startsWith("http:")), key);
    }
  }
});

Deno.test("unknown keys and sets are refused in a sentence", () => {
  throws(() => catalogFile("mnist/nothing"), /The data catalogue has no file "mnist\/nothing"/);
  throws(() => filesOf("mnits"), /has no set "mnits"; it has mnist, fashion-mnist/);
});

Deno.test("no catalogued file is part of the repository or the package", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const bySize = Map.groupBy(
    catalogFiles.flatMap(({ key, bytes, sha256, variants }) => [
      { key, bytes, sha256 },
      ...variants.map((variant) => ({ key, bytes: variant.bytes, sha256: variant.sha256 })),
    ]),
    ({ bytes }) => bytes,
  );
  let files = 0;
  for (const folder of ["lib", "notebooks", "tests", "tools", "bench", "docs", "data"]) {
    for (const name of filesBelow(`${root}${folder}`)) {
      if (folder === "data" && name.startsWith("cache/")) continue;
      files++;
      const path = `${root}${folder}/${name}`;
      const alike = bySize.get(Deno.statSync(path).size) ?? [];
      if (alike.length === 0) continue;
      const sum = createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
      strictEqual(alike.find(({ sha256 }) => sha256 === sum)?.key, undefined, path);
    }
  }
  ok(files > 300, `${files}`);
});
