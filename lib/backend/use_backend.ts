import * as tf from "@tensorflow/tfjs";
import { readVariable, runtimeVersion } from "./_environment.ts";
import { quiet } from "./_quiet.ts";
import { rooms } from "./_rooms.ts";
import { repairGradients } from "./repairs/mod.ts";
import {
  type BackendName,
  backendNames,
  type BackendOptions,
  type BackendReport,
  type BackendTrial,
  type StartedBackend,
} from "./report.ts";

let current: BackendReport | undefined;
let pending: Promise<unknown> = Promise.resolve();

/**
 * Chooses the first TensorFlow.js backend that works here and prepares it for training.
 *
 * In this order: native TensorFlow (tfjs-node) where it is installed, WebGPU where there is a
 * graphics card, WebAssembly with polytask's training kernels, plain JavaScript. One that is missing
 * is never an error, unless it was asked for by name. Every call also mends the gradients
 * that TensorFlow.js lacks (comparisons, broadcasts). Calling it again changes nothing, unless it
 * asks for another backend; the number of threads stays as the first call set it.
 *
 * ```ts
 * import { useBackend } from "polytask";
 * const { backend, why } = await useBackend();
 * console.log(`${backend}: ${why}`);
 * ```
 *
 * @throws {Error} When the backend asked for (here or by `POLYTASK_BACKEND`) is not there; the
 * message says how to get it.
 */
export async function useBackend(options: BackendOptions = {}): Promise<BackendReport> {
  const turn = pending.then(() => choose(options));
  pending = turn.catch(() => undefined);
  return await turn;
}

/** The backend in use, as {@linkcode useBackend} left it; undefined before its first call. */
export function backendReport(): BackendReport | undefined {
  return current;
}

async function choose(options: BackendOptions): Promise<BackendReport> {
  quiet();
  repairGradients();
  const forced = options.backend ?? forcedByEnvironment();
  const threads = options.threads ?? threadsFromEnvironment();
  if (current && (forced === undefined || forced === current.backend)) {
    await tf.setBackend(rooms[current.backend].registeredAs);
    return current;
  }
  const tried: BackendTrial[] = [];
  for (const backend of forced ? [forced] : backendNames) {
    const room = rooms[backend];
    try {
      const started = await room.start({ threads, forced: forced !== undefined });
      tried.push({ backend, ok: true, why: started.device });
      current = report(backend, started, tried, forced !== undefined);
      return current;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (forced) throw new Error(`The backend ${backend} is not available: ${why} ${room.how}`);
      tried.push({ backend, ok: false, why });
    }
  }
  throw new Error(`No backend works here. ${reasons(tried)}`);
}

function forcedByEnvironment(): BackendName | undefined {
  const name = readVariable("POLYTASK_BACKEND");
  if (!name) return undefined;
  if ((backendNames as readonly string[]).includes(name)) return name as BackendName;
  throw new Error(
    `POLYTASK_BACKEND is "${name}", but a backend is one of ${backendNames.join(", ")}.`,
  );
}

function threadsFromEnvironment(): number | undefined {
  const text = readVariable("POLYTASK_THREADS");
  if (!text) return undefined;
  const threads = Number(text);
  if (Number.isInteger(threads) && threads > 0) return threads;
  throw new Error(`POLYTASK_THREADS is "${text}", but must be a whole number from 1 on.`);
}

function report(
  backend: BackendName,
  started: StartedBackend,
  tried: readonly BackendTrial[],
  forced: boolean,
): BackendReport {
  const missing = tried.filter((trial) => !trial.ok);
  const why = forced
    ? "It was asked for."
    : missing.length === 0
    ? "It comes first, and it works here."
    : `It is the first one that works here. ${reasons(missing)}`;
  return {
    backend,
    why,
    threads: started.threads,
    device: started.device,
    versions: { tfjs: tf.version.tfjs, ...runtimeVersion(), ...started.versions },
    tried,
  };
}

function reasons(trials: readonly BackendTrial[]): string {
  return trials.map(({ backend, why }) => `${backend}: ${why}`).join(" ");
}
