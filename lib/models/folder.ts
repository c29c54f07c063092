import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { modelJsonName, replaceModelJson } from "./_model_json.ts";
import { temporaryEnding, writeFileWhole } from "./_write_file.ts";
import type { LayersFormat } from "./layers_model/mod.ts";

/** A tensor and the name it is stored under. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: tf.Tensor;
}

interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

interface Manifest {
  readonly format: "polytask folder";
  readonly version: 1;
  /** Name of the file with the numbers. It changes with them, so that old ones stay readable. */
  readonly weights: string;
  /** SHA-256 of the file with the numbers. */
  readonly weightsSha256: string;
  /** SHA-256 of `tensors` and `content` as JSON. */
  readonly contentSha256: string;
  readonly tensors: readonly StoredTensor[];
  readonly content: unknown;
}

const manifestName = "polytask.json";
const weightsPattern = /^weights-[0-9a-f]{16}\.bin$/;

/**
 * Writes a JSON value and float32 tensors into one folder. The folder holds what it held before
 * until all is written and read back, and then, in one step, the new: a process killed midway
 * leaves the old content readable. Other files in the folder stay.
 *
 * With `layers`, whose weights are `tensors`, the folder also holds a `model.json` for
 * `tf.loadLayersModel`, unless there is one that polytask did not write. One that an earlier call
 * wrote goes when there are none. It always names a file that is there: it changes after the numbers
 * are written, and before the old ones are removed.
 * Keeps the tensors.
 */
export async function saveFolder(
  path: string,
  content: unknown,
  tensors: readonly NamedTensor[],
  layers?: LayersFormat,
): Promise<void> {
  const stored: StoredTensor[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { name, tensor } of tensors) {
    const values = await tensor.data<"float32">();
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice());
    stored.push({ name, shape: tensor.shape, offset, length: values.length });
    offset += values.byteLength;
  }
  const weights = Buffer.concat(parts);
  const weightsSha256 = sha256(weights);
  const manifest: Manifest = {
    format: "polytask folder",
    version: 1,
    weights: `weights-${weightsSha256.slice(0, 16)}.bin`,
    weightsSha256,
    contentSha256: contentSum(stored, content),
    tensors: stored,
    content,
  };
  await writeFileWhole(join(path, manifest.weights), weights);
  await readWeights(path, manifest);
  await writeFileWhole(join(path, manifestName), JSON.stringify(manifest, null, 1));
  await replaceModelJson(path, manifest.weights, layers);
  await removeOutdated(path, manifest.weights);
}

/** Removes numbers that no manifest names any more, and what a killed process left behind. */
async function removeOutdated(path: string, current: string): Promise<void> {
  for (const file of await readdir(path)) {
    const ours = ["weights-", manifestName, `${modelJsonName}.`].some((start) =>
      file.startsWith(start)
    );
    const outdated = weightsPattern.test(file) ? file !== current : file.endsWith(temporaryEnding);
    if (ours && outdated) await rm(join(path, file), { force: true });
  }
}

/**
 * Reads what {@linkcode saveFolder} wrote. The caller owns the tensors.
 * @throws {Error} When a file is missing, not ours, or does not have its checksum; says which.
 */
export async function readFolder(
  path: string,
): Promise<{ content: unknown; tensors: Map<string, tf.Tensor> }> {
  const manifest = await readManifest(path);
  const weights = await readWeights(path, manifest);
  const tensors = new Map<string, tf.Tensor>();
  for (const { name, shape, offset, length } of manifest.tensors) {
    const bytes = weights.slice(offset, offset + length * 4);
    tensors.set(name, tf.tensor(new Float32Array(bytes.buffer), [...shape], "float32"));
  }
  return { content: manifest.content, tensors };
}

async function readManifest(path: string): Promise<Manifest> {
  const manifestPath = join(path, manifestName);
  const text = await readFile(manifestPath, "utf8").catch((error) => {
    throw new Error(
      `"${path}" holds no saved model or checkpoint: ${manifestPath} cannot be read (${error.code}).`,
    );
  });
  let manifest: Partial<Manifest> | undefined;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Error(`${manifestPath} is damaged: it is not JSON. Use another copy.`);
  }
  if (manifest?.format !== "polytask folder" || manifest.version !== 1) {
    throw new Error(
      `${manifestPath} is not of the form "polytask folder", version 1, the one that this version of polytask reads.`,
    );
  }
  const { weights, tensors, content, contentSha256 } = manifest;
  if (!weightsPattern.test(weights ?? "") || contentSum(tensors, content) !== contentSha256) {
    throw new Error(
      `${manifestPath} is damaged: its content does not fit the checksum that was saved with it. Use another copy.`,
    );
  }
  return manifest as Manifest;
}

async function readWeights(path: string, manifest: Manifest): Promise<Uint8Array> {
  const weightsPath = join(path, manifest.weights);
  const weights = await readFile(weightsPath).catch((error) => {
    throw new Error(
      `"${path}" is not whole: ${weightsPath} cannot be read (${error.code}). Use another copy.`,
    );
  });
  const found = sha256(weights);
  if (found !== manifest.weightsSha256) {
    throw new Error(
      `${weightsPath} is damaged: its SHA-256 is ${found}, but ${manifest.weightsSha256} was saved. Use another copy.`,
    );
  }
  return new Uint8Array(weights);
}

function contentSum(tensors: readonly StoredTensor[] | undefined, content: unknown): string {
  return sha256(JSON.stringify([tensors, content]));
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
