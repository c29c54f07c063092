import { ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findLocally, storedVariants } from "../../lib/data/fetch.ts";
import { cacheFolder, type CatalogFile, catalogFiles, mirrorPlace } from "../../lib/data/mod.ts";
import { sha256 } from "./_catalog.ts";

// Every file of the catalogue that is on this machine, once as it is stored and once unpacked. Those
// that are not here are skipped by name.

const roots = [cacheFolder(), mirrorPlace()].filter((root) => root !== undefined);

/** The stored forms of a file that are here, with their paths. */
function stored(file: CatalogFile) {
  return roots.flatMap((root) =>
    storedVariants(file)
      .map((variant) => ({ ...variant, place: join(root, variant.path) }))
      .filter(({ place }) => existsSync(place))
  );
}

/** As the catalogue sums up an archive: a line for each member, in the order of their names. */
function listing(members: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const lines = [...members].map(([name, content]) => ({ name, line: sha256(content) }));
  lines.sort((one, other) => one.name < other.name ? -1 : 1);
  return new TextEncoder().encode(lines.map(({ name, line }) => `${line}  ${name}\n`).join(""));
}

for (const [dataset, files] of Map.groupBy(catalogFiles, ({ dataset }) => dataset)) {
  Deno.test({
    name: `${dataset}: files have the checksums of the catalogue`,
    ignore: files.every((file) => stored(file).length === 0),
    async fn(test) {
      for (const file of files) {
        const forms = stored(file);
        await test.step({
          name: file.key,
          ignore: forms.length === 0,
          async fn() {
            for (const { place, kind, sha256: expected, bytes } of forms) {
              const content = Deno.readFileSync(place);
              strictEqual(sha256(content), expected ?? (kind === "file" ? file.sha256 : ""), place);
              strictEqual(content.length, bytes ?? file.bytes, place);
            }
            const { contents } = (await findLocally(file))!;
            if (contents instanceof Map) {
              strictEqual(contents.size, file.members);
              strictEqual(sha256(listing(contents)), file.sha256);
            } else {
              strictEqual(sha256(contents), file.sha256);
              strictEqual(contents.length, file.bytes);
            }
          },
        });
      }
    },
  });
}

const manifest = `${mirrorPlace()}/MANIFEST.json`;

Deno.test({
  name: "the catalogue says of every file what the mirror's manifest says",
  ignore: !existsSync(manifest),
  fn() {
    interface Entry {
      readonly file: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly redistribution: string;
    }
    const entries: Entry[] = JSON.parse(Deno.readTextFileSync(manifest));
    const byPath = new Map(
      catalogFiles.flatMap((file) =>
        storedVariants(file).map((variant) => [variant.path, { file, variant }] as const)
      ),
    );
    let compared = 0;
    for (const { file: path, bytes, sha256, redistribution } of entries) {
      const found = byPath.get(path);
      if (!found) continue;
      const { file, variant } = found;
      strictEqual(variant.sha256 ?? file.sha256, sha256, path);
      strictEqual(variant.bytes ?? file.bytes, bytes, path);
      strictEqual(file.redistribution, redistribution, path);
      compared++;
    }
    // Descriptions and licences beside the data are not catalogued.
    ok(compared >= 100, `${compared} of ${entries.length}`);
  },
});
