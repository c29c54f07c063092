import process from "node:process";
import * as tf from "@tensorflow/tfjs";
import type { BatchSource } from "../data/dataset.ts";
import type { MultiTaskModel } from "../models/mod.ts";
import type { Task } from "../tasks/mod.ts";
import { version } from "../version.ts";
import type { FitSettings } from "./fit.ts";
import type { Run } from "./history.ts";

/** What must be known to make this run again. */
export function runRecord(
  model: MultiTaskModel<readonly Task[]>,
  train: BatchSource,
  settings: FitSettings,
): Run {
  const { optimizer, schedule, balancer, epochs, batchSize, batching, clipNorm } = settings;
  const part = ({ name, configuration }: {
    readonly name: string;
    readonly configuration: Readonly<Record<string, unknown>>;
  }) => ({ name, ...configuration });
  return {
    seed: settings.seed,
    configuration: {
      data: { name: train.name, examples: train.size, ...train.configuration },
      architecture: part(model.architecture),
      modelSeed: model.seed,
      tasks: model.tasks.map((task) => task.configuration),
      optimizer: part(optimizer),
      schedule: part(schedule),
      balancer: balancer ? part(balancer) : { name: "sum of losses" },
      epochs,
      batchSize,
      batching,
      clipNorm,
      earlyStopping: settings.earlyStopping && { patience: settings.earlyStopping.patience },
    },
    versions: {
      polytask: version,
      "tensorflow.js": tf.version.tfjs,
      ...process.versions.deno ? { deno: process.versions.deno } : { node: process.versions.node },
    },
    backend: tf.getBackend(),
    startedAt: new Date().toISOString(),
  };
}
