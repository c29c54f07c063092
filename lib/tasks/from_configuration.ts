import { binary } from "./binary.ts";
import { box } from "./box.ts";
import { classification } from "./classification.ts";
import { ctc } from "./ctc.ts";
import { depth } from "./depth.ts";
import { multiLabel } from "./multi_label.ts";
import { ordinal } from "./ordinal.ts";
import { regression } from "./regression.ts";
import { segmentation } from "./segmentation.ts";
import { tagging } from "./tagging.ts";
import type { Task, TaskKind } from "./task.ts";

type Factory = (name: string, options: never) => Task;

const factories: Readonly<Record<TaskKind, Factory>> = {
  binary,
  box,
  classification,
  ctc,
  depth,
  "multi-label": multiLabel,
  ordinal,
  regression,
  segmentation,
  tagging,
};

/**
 * The task that a saved `configuration` describes.
 * @throws {RangeError} When the kind is unknown.
 */
export function taskFromConfiguration(configuration: Readonly<Record<string, unknown>>): Task {
  const { kind, name, ...options } = configuration;
  const make = factories[kind as TaskKind] as Factory | undefined;
  if (!make) {
    throw new RangeError(
      `A saved task is of kind "${kind}", but this version knows ${
        Object.keys(factories).join(", ")
      }.`,
    );
  }
  return make(String(name), options as never);
}
