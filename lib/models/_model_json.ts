import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "./_write_file.ts";
import type { LayersFormat } from "./layers_model/mod.ts";

/** Name of the file that `tf.loadLayersModel` reads. */
export const modelJsonName = "model.json";

/** What {@linkcode replaceModelJson} knows its own files by. */
const ours = { format: "layers-model", generatedBy: "polytask" } as const;

/**
 * Makes the `model.json` of a folder that of `layers`, with the numbers in the file `weights`, or
 * removes it where there is none. A file that polytask did not write there in this format stays.
 */
export async function replaceModelJson(
  folder: string,
  weights: string,
  layers: LayersFormat | undefined,
): Promise<void> {
  const path = join(folder, modelJsonName);
  const before = await readFile(path, "utf8").catch((error) => {
    if (error.code !== "ENOENT") return "not a file that can be read";
  });
  if (before !== undefined && !isOurs(before)) return;
  if (!layers) {
    await rm(path, { force: true });
    return;
  }
  const { modelTopology, userDefinedMetadata, weights: entries } = layers;
  await writeFileWhole(
    path,
    JSON.stringify({
      ...ours,
      convertedBy: null,
      modelTopology,
      userDefinedMetadata,
      weightsManifest: [{ paths: [weights], weights: entries }],
    }),
  );
}

function isOurs(text: string): boolean {
  try {
    const found = JSON.parse(text);
    return found.format === ours.format && found.generatedBy === ours.generatedBy;
  } catch {
    return false;
  }
}
