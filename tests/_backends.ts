import { strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { useBackend } from "polytask";

/** The backends that need nothing but this checkout. */
export const cpuBackends = ["cpu", "wasm"] as const;

/** Makes a backend current; prepares it the first time. */
export async function setBackend(name: typeof cpuBackends[number]): Promise<void> {
  const { backend } = await useBackend({ backend: name });
  strictEqual(backend, name);
}

/** A test that runs once on the plain JavaScript backend and must leave no tensor behind. */
export function testOnCpu(name: string, run: () => Promise<void> | void): void {
  Deno.test(name, () => runOn("cpu", run));
}

/** A test that runs once on the wasm backend and must leave no tensor behind. */
export function testOnWasm(name: string, run: () => Promise<void> | void): void {
  Deno.test(name, () => runOn("wasm", run));
}

/** A test that runs on every backend that needs nothing else, and must leave no tensor behind. */
export function testOnBackends(name: string, run: () => Promise<void> | void): void {
  for (const backend of cpuBackends) {
    Deno.test(`${name} (${backend})`, () => runOn(backend, run));
  }
}

async function runOn(
  backend: typeof cpuBackends[number],
  run: () => Promise<void> | void,
): Promise<void> {
  await setBackend(backend);
  const before = tf.memory().numTensors;
  await run();
  strictEqual(tf.memory().numTensors, before, "tensors were left behind");
}
