/**
 * Set-up: everything that the course needs besides Python 3 and this Deno, made inside the
 * checkout. It is quick when there is nothing to do, and says in one sentence what is missing.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { exists, writeAtomically } from "../files.ts";
import { paths } from "../paths.ts";
import { runPython } from "../python.ts";
import { duration, StatusLine, UserError } from "../report.ts";
import { runDeno } from "../run_deno.ts";
import { writeKernelspec } from "./kernelspec.ts";

/** The Deno whose Jupyter kernel the course is tested with. */
export const TESTED_DENO = "2.8.1";

const HELPER = `${paths.root}/tools/setup/environment.py`;
const REQUIREMENTS = `${paths.root}/tools/requirements.txt`;
const STAMP = `${paths.setup}/stamp.json`;

/** What the parts of a finished set-up were made from; a part is made again when it differs. */
interface Stamp {
  deno: string;
  npm: string;
  python: string;
  kernelspec: string;
}

/** The parts of the set-up, in the order in which they are made. */
const ALL_PARTS: readonly (keyof Stamp)[] = ["deno", "npm", "python", "kernelspec"];

/** What the library alone needs: no Python environment, no kernel. */
export const PACKAGES: readonly (keyof Stamp)[] = ["deno", "npm"];

/**
 * Makes what is missing: the lasting copy of Deno, the npm packages, the Python environment and
 * the kernelspec.
 *
 * @param parts Which of them; all when not given.
 * @throws {UserError} When something on the machine is missing; the message says what.
 */
export async function setUp(parts: readonly (keyof Stamp)[] = ALL_PARTS): Promise<void> {
  if (Deno.version.deno !== TESTED_DENO) {
    console.log(
      `This is Deno ${Deno.version.deno}; the course is tested with ${TESTED_DENO} ` +
        `(npx -y deno@${TESTED_DENO} task course), whose kernel loses no output.`,
    );
  }
  // Not `made` itself: Deno protects the folders above a binary that it may run.
  await Deno.mkdir(paths.setup, { recursive: true });
  using lock = await Deno.open(`${paths.setup}/lock`, { create: true, write: true });
  await lock.lock(true);
  const wanted = await wantedStamp();
  const found = await foundStamp();
  const missing = await missingParts();
  const status = new StatusLine();
  const begin = performance.now();
  try {
    if (parts.every((name) => !missing.includes(name))) return;
    // A part that is about to be made again no longer counts as made if this run is cut off.
    const stamp: Partial<Stamp> = { ...found };
    const part = async (name: keyof Stamp, text: string, make: () => Promise<void>) => {
      if (!missing.includes(name) || !parts.includes(name)) return;
      delete stamp[name];
      await writeAtomically(STAMP, JSON.stringify(stamp));
      status.start(`Set-up: ${text}`);
      await make();
      stamp[name] = wanted[name];
      await writeAtomically(STAMP, JSON.stringify(stamp));
      status.stop(`Set-up: ${text} (${duration(status.seconds)})`);
    };
    await runPython(HELPER, ["probe"], status);
    await part(
      "deno",
      "Deno",
      () => runPython(HELPER, ["link", Deno.execPath(), paths.deno], status),
    );
    await part("npm", "npm packages", () => installPackages());
    await part("python", "Python environment with JupyterLab", async () => {
      await runPython(HELPER, ["make", paths.pythonEnvironment, REQUIREMENTS], status);
      missing.push("kernelspec");
    });
    await part("kernelspec", "Jupyter kernel", writeKernelspec);
    console.log(`Set-up is complete (${duration((performance.now() - begin) / 1000)}).`);
  } finally {
    status.stop();
  }
}

/** The parts of the set-up that are not there, or were made from something else. Changes nothing. */
export async function missingParts(): Promise<(keyof Stamp)[]> {
  const wanted = await wantedStamp();
  const found = await foundStamp();
  const places: Partial<Record<keyof Stamp, string>> = {
    deno: paths.deno,
    npm: `${paths.root}/node_modules`,
    python: paths.python,
  };
  const missing: (keyof Stamp)[] = [];
  for (const part of ALL_PARTS) {
    const place = places[part];
    const there = wanted[part] === found[part] && (place === undefined || await exists(place));
    if (!there) missing.push(part);
  }
  return missing;
}

async function wantedStamp(): Promise<Stamp> {
  const digest = async (...files: string[]) => {
    const hash = createHash("sha256").update(paths.root);
    for (const file of files) hash.update(await Deno.readFile(file));
    return hash.digest("hex").slice(0, 16);
  };
  return {
    deno: `${Deno.version.deno} ${Deno.build.target}`,
    npm: await digest(`${paths.root}/deno.lock`),
    python: await digest(HELPER, REQUIREMENTS),
    kernelspec: await digest(`${paths.root}/tools/setup/kernelspec.ts`),
  };
}

async function foundStamp(): Promise<Partial<Stamp>> {
  try {
    return JSON.parse(await Deno.readTextFile(STAMP));
  } catch {
    return {};
  }
}

/** Installs the npm packages exactly as the committed lock names them. */
async function installPackages(): Promise<void> {
  const { success, stderr: text } = await runDeno(["install", "--frozen"]);
  if (success) return;
  if (/No space left|os error 28/.test(text)) {
    throw new UserError("The disk is full: make about 600 MB free and try again.");
  }
  if (/error sending request|dns error|tcp connect|Connection refused|timed out/i.test(text)) {
    throw new UserError(
      "The npm packages cannot be fetched: the network or the npm registry cannot be reached " +
        "(behind a mirror, set NPM_CONFIG_REGISTRY).",
    );
  }
  const last = text.trim().split("\n").slice(-12).join("\n");
  throw new UserError(`The npm packages cannot be installed; Deno says:\n${last}`);
}
