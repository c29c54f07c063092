import { createHash } from "node:crypto";
import type { CatalogFile, CatalogVariant } from "../../lib/data/mod.ts";

/** Bytes that follow from their number, for tests. */
export function someBytes(count: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: count }, (_, at) => (at * 7919 + (at >> 8)) & 255);
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A catalogue entry for `bytes` that is to be had at `urls`. */
export function entryFor(
  bytes: Uint8Array,
  urls: readonly string[],
  changes: Partial<CatalogFile> = {},
  variant: Partial<CatalogVariant> = {},
): CatalogFile {
  return {
    key: "test/file.bin",
    dataset: "test",
    file: "file.bin",
    bytes: bytes.length,
    sha256: sha256(bytes),
    variants: [{ kind: "file", path: "test/file.bin", urls, ...variant }],
    licence: "none needed",
    redistribution: "allowed",
    citation: "none",
    ...changes,
  };
}

/** All files below a folder, with `/` between names, sorted. */
export function filesBelow(folder: string): string[] {
  const found: string[] = [];
  const walk = (path: string, name: string) => {
    for (const entry of Deno.readDirSync(path)) {
      const inner = name ? `${name}/${entry.name}` : entry.name;
      if (entry.isDirectory) walk(`${path}/${entry.name}`, inner);
      else found.push(inner);
    }
  };
  walk(folder, "");
  return found.sort();
}
