/**
 * Installs native TensorFlow: tfjs-node with TensorFlow's libraries, in `.polytask/native`.
 *
 * Everything is put together in a folder beside it, tried there in a process of its own, and only
 * then renamed, so that what is installed always works.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { exists, filesUnder, writeAtomically } from "../files.ts";
import { paths } from "../paths.ts";
import { runPython } from "../python.ts";
import { duration, StatusLine, UserError } from "../report.ts";
import { runDeno } from "../run_deno.ts";
import { fetchOfficial } from "./official.ts";

/** Where TensorFlow comes from, in the order in which they are tried. */
export const sources = ["official", "wheel"] as const;

/** TensorFlow as tfjs-node's makers offer it, or as the wheel of Python's package index. */
export type Source = typeof sources[number];

/** What {@linkcode installNative} shall do. */
export interface NativeOptions {
  readonly from: readonly Source[];
  /** Install anew, whatever is there. */
  readonly again: boolean;
}

const FOLDER = `${paths.made}/native`;
const HERE = `${paths.root}/tools/native`;
const HELPER = `${HERE}/tensorflow.py`;
const REQUIREMENTS = `${HERE}/requirements.txt`;
const PACKAGES = [`${HERE}/packages/deno.json`, `${HERE}/packages/deno.lock`];

/** Written last: what is installed, and what it was made from. */
interface Record {
  readonly made: string;
  readonly source: Source;
  readonly tensorflow: string;
}

/**
 * Installs native TensorFlow where it is missing, broken or made from other versions, and prints
 * what it did.
 *
 * @throws {UserError} When it cannot be had on this machine; what was installed before is left.
 */
export async function installNative({ from, again }: NativeOptions): Promise<void> {
  const system = `${Deno.build.os} on ${Deno.build.arch}`;
  if (system !== "linux on x86_64") {
    throw new UserError(
      `deno task native installs on Linux on x86-64; this is ${system}, where polytask computes ` +
        "with WebGPU or WebAssembly. It also finds the npm package @tensorflow/tfjs-node, where " +
        "that is installed above it with its install script allowed.",
    );
  }
  await Deno.mkdir(paths.setup, { recursive: true });
  using lock = await Deno.open(`${paths.setup}/native.lock`, { create: true, write: true });
  await lock.lock(true);
  await removeLeftOvers();
  const made = await fingerprint();
  const found = await readRecord();
  if (!again && found?.made === made && from.includes(found.source)) {
    const trial = await tryOut(FOLDER);
    if (trial.works) {
      console.log(`TensorFlow ${found.tensorflow} is installed and works. Nothing to do.`);
      return;
    }
    console.log(`TensorFlow ${found.tensorflow} is installed but does not work: ${trial.why}`);
  }
  const begin = performance.now();
  const { source, tensorflow } = await install(from, made);
  console.log(
    `TensorFlow ${tensorflow} is installed in .polytask/native ` +
      `(${duration((performance.now() - begin) / 1000)}): ${described[source]}. A product and a ` +
      "gradient came out right. useBackend() takes it from now on; delete the folder to undo this.",
  );
}

const described: { readonly [source in Source]: string } = {
  official: "the library and the binding that tfjs-node downloads for itself",
  wheel: "the libraries of the Python package tensorflow-cpu, the binding compiled against them",
};

/** Tries the sources in turn; throws what the last one said when none works. */
async function install(from: readonly Source[], made: string): Promise<Record> {
  const status = new StatusLine();
  for (const [index, source] of from.entries()) {
    const draft = `${FOLDER}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      await assemble(source, draft, status);
      status.start("Trying it out");
      const trial = await tryOut(draft);
      status.stop();
      if (!trial.works) throw new UserError(`It does not work on this machine: ${trial.why}`);
      const record = { made, source, tensorflow: trial.version };
      await writeAtomically(`${draft}/polytask.json`, `${JSON.stringify(record, null, 2)}\n`);
      await putInPlace(draft);
      return record;
    } catch (error) {
      status.stop();
      if (!(error instanceof UserError) || index === from.length - 1) throw error;
      console.log(`${error.message} So TensorFlow is taken from the ${from[index + 1]}.`);
    } finally {
      await removeFolder(draft);
    }
  }
  throw new UserError("No source of TensorFlow was named.");
}

/** Puts tfjs-node together in `draft`: its packages, and TensorFlow from one source. */
async function assemble(source: Source, draft: string, status: StatusLine): Promise<void> {
  const work = `${draft}/work`;
  await Deno.mkdir(work, { recursive: true });
  const official = source === "official" ? await fetchOfficial(work, status) : undefined;
  status.start("Fetching the packages of tfjs-node");
  const packages = await fetchPackages(work);
  const target = `${draft}/node_modules/@tensorflow/tfjs-node`;
  for (const name of ["@tensorflow/tfjs-node", "google-protobuf"]) {
    await copyFolder(await Deno.realPath(`${packages}/${name}`), `${draft}/node_modules/${name}`);
  }
  await addCore(`${draft}/node_modules/@tensorflow/tfjs-core`);
  const wanted = official
    ? "Unpacking TensorFlow"
    : "Building tfjs-node against TensorFlow's wheel";
  status.start(wanted);
  await runPython(
    HELPER,
    official
      ? ["unpack", official.library, official.binding, target]
      : ["wheel", work, REQUIREMENTS, packages, target],
    status,
  );
  status.stop();
  await Deno.remove(work, { recursive: true });
}

/** Installs the packages as the lock beside their list names them; their scripts do not run. */
async function fetchPackages(work: string): Promise<string> {
  for (const file of PACKAGES) await Deno.copyFile(file, `${work}/${file.split("/").at(-1)}`);
  const { success, stderr } = await runDeno(["install", "--frozen"], work);
  if (success) return `${work}/node_modules`;
  const last = stderr.trim().split("\n").slice(-4).join("\n");
  throw new UserError(`The packages of tfjs-node cannot be fetched; Deno says:\n${last}`);
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const file of await filesUnder(from)) {
    const copy = to + file.slice(from.length);
    await Deno.mkdir(dirname(copy), { recursive: true });
    await Deno.copyFile(file, copy);
  }
}

/** tfjs-node uses a package that it does not list: everything in it is part of one that it does. */
async function addCore(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  const description = { name: "@tensorflow/tfjs-core", main: "index.js" };
  await Deno.writeTextFile(`${folder}/package.json`, `${JSON.stringify(description)}\n`);
  await Deno.writeTextFile(`${folder}/index.js`, 'module.exports = require("@tensorflow/tfjs");\n');
}

type Trial = { readonly works: true; readonly version: string } | {
  readonly works: false;
  readonly why: string;
};

/** Starts the backend from `folder` in a process of its own: a bad library may end the process. */
async function tryOut(folder: string): Promise<Trial> {
  const { success, stdout, stderr } = await runDeno([
    "run",
    "--no-prompt",
    `--allow-read=${paths.root}`,
    "--allow-env",
    "--allow-sys",
    `--allow-ffi=${folder}`,
    `${HERE}/try_out.ts`,
    folder,
  ]);
  const [out, error] = [stdout.trim(), stderr.trim()];
  if (success && out !== "") return { works: true, version: out };
  const reason = error.split("\n").find((line) => /error/i.test(line)) ?? error.split("\n")[0];
  return { works: false, why: reason || "its process ended without a word." };
}

/** Replaces what was installed; the old one is out of the way only while two folders are renamed. */
async function putInPlace(draft: string): Promise<void> {
  const old = `${FOLDER}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  if (await exists(FOLDER)) await Deno.rename(FOLDER, old);
  await Deno.rename(draft, FOLDER);
  await removeFolder(old);
}

/** Removes what a run that was cut off has left. */
async function removeLeftOvers(): Promise<void> {
  for await (const { name } of Deno.readDir(paths.made)) {
    if (/^native\.\w+\.tmp$/.test(name)) await removeFolder(`${paths.made}/${name}`);
  }
}

async function removeFolder(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

async function fingerprint(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [HELPER, REQUIREMENTS, ...PACKAGES]) hash.update(await Deno.readFile(file));
  return hash.digest("hex").slice(0, 16);
}

async function readRecord(): Promise<Record | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(`${FOLDER}/polytask.json`));
  } catch {
    return undefined;
  }
}
