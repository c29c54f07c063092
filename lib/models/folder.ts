import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs";

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
  readonly sha256: string;
  readonly tensors: readonly StoredTensor[];
  readonly content: unknown;
}

const manifestName = "polytask.json";
const weightsName = "weights.bin";

/**
 * Writes a JSON value and float32 tensors into one folder, or leaves what was there as it was: the
 * folder is written under a temporary name, read back, and moved into place.
 * Keeps the tensors.
 */
export async function saveFolder(
  path: string,
  content: unknown,
  tensors: readonly NamedTensor[],
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
  const manifest: Manifest = {
    format: "polytask folder",
    version: 1,
    sha256: sha256(weights),
    tensors: stored,
    content,
  };
  const parent = dirname(path);
  const temporary = join(parent, `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  const previous = `${temporary}.old`;
  try {
    await mkdir(temporary, { recursive: true });
    await writeFile(join(temporary, weightsName), weights);
    await writeFile(join(temporary, manifestName), JSON.stringify(manifest, null, 1));
    await readManifest(temporary);
    const replaced = await moveAway(path, previous);
    try {
      await rename(temporary, path);
    } catch (error) {
      if (replaced) await rename(previous, path);
      throw error;
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(previous, { recursive: true, force: true });
  }
}

/**
 * Reads what {@linkcode saveFolder} wrote. The caller owns the tensors.
 * @throws {Error} When a file is missing, not ours, or does not have its checksum; says which.
 */
export async function readFolder(
  path: string,
): Promise<{ content: unknown; tensors: Map<string, tf.Tensor> }> {
  const { manifest, weights } = await readManifest(path);
  const tensors = new Map<string, tf.Tensor>();
  for (const { name, shape, offset, length } of manifest.tensors) {
    const bytes = weights.slice(offset, offset + length * 4);
    tensors.set(name, tf.tensor(new Float32Array(bytes.buffer), [...shape], "float32"));
  }
  return { content: manifest.content, tensors };
}

async function readManifest(path: string): Promise<{ manifest: Manifest; weights: Uint8Array }> {
  const manifestPath = join(path, manifestName);
  const text = await readFile(manifestPath, "utf8").catch((error) => {
    throw new Error(
      `"${path}" holds no saved model or checkpoint: ${manifestPath} cannot be read (${error.code}).`,
    );
  });
  const manifest = parseManifest(text, manifestPath);
  const weightsPath = join(path, weightsName);
  const weights = new Uint8Array(await readFile(weightsPath));
  const found = sha256(weights);
  if (found !== manifest.sha256) {
    throw new Error(
      `${weightsPath} is damaged: its SHA-256 is ${found}, but ${manifest.sha256} was saved. Use another copy.`,
    );
  }
  return { manifest, weights };
}

function parseManifest(text: string, path: string): Manifest {
  let manifest: Partial<Manifest> | undefined;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw new Error(`${path} is damaged: it is not JSON. Use another copy.`);
  }
  if (manifest?.format !== "polytask folder" || manifest.version !== 1) {
    throw new Error(
      `${path} is not a polytask folder of version 1, the one that this version of polytask reads.`,
    );
  }
  return manifest as Manifest;
}

async function moveAway(path: string, to: string): Promise<boolean> {
  try {
    await rename(path, to);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
