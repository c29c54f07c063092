import * as tf from "@tensorflow/tfjs";
import { quiet } from "./_quiet.ts";
import { rooms } from "./_rooms.ts";
import { type BackendName, backendNames } from "./report.ts";

/** What one backend is worth on this machine. */
export interface BackendProbe {
  /** Name of the backend. */
  readonly backend: BackendName;
  /** Whether it starts on this machine. */
  readonly available: boolean;
  /** What it runs on, or what is missing. */
  readonly why: string;
  /** How to get it. */
  readonly how: string;
  /** Whether `useBackend()` takes it where no other is asked for. */
  readonly chosen: boolean;
  /** Threads that were timed; 0 where the backend does not say. */
  readonly threads?: number;
  /** Speed of a matrix product in 10^9 operations a second, measured for about a second. */
  readonly speed?: { readonly gflops: number };
}

/** Rows and columns of the product that is timed. */
const SIDE = 512;
const MILLISECONDS = 800;

/**
 * Tries every backend and times a matrix product on each; ends on the backend that was in use.
 *
 * Backends that compute in software are tried as well, as if they had been asked for.
 */
export async function probeBackends(): Promise<BackendProbe[]> {
  quiet();
  const before = tf.getBackend();
  const probes: BackendProbe[] = [];
  for (const backend of backendNames) {
    const { start, how } = rooms[backend];
    try {
      const { device, threads, software } = await start({ backend, forced: true });
      probes.push({
        backend,
        available: true,
        why: device,
        how,
        chosen: !software && !probes.some(({ chosen }) => chosen),
        threads,
        speed: await measure(),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      probes.push({ backend, available: false, why, how, chosen: false });
    }
  }
  if (before) await tf.setBackend(before);
  return probes;
}

/** Times products of two square matrices; the first one is not counted. */
async function measure(): Promise<{ gflops: number }> {
  const a = tf.randomUniform([SIDE, SIDE], -1, 1, "float32", 1);
  const multiply = async () => {
    const product = tf.matMul(a, a);
    await product.data();
    product.dispose();
  };
  await multiply();
  const start = performance.now();
  let products = 0;
  do {
    await multiply();
    products++;
  } while (performance.now() - start < MILLISECONDS);
  const seconds = (performance.now() - start) / 1000;
  a.dispose();
  return { gflops: 2 * SIDE ** 3 * products / seconds / 1e9 };
}
