import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { trunkOf } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { splitTrunk } from "./_experts.ts";
import {
  extractionArchitecture,
  extractionOf,
  type ExtractionSettings,
  type PleOptions,
} from "./ple.ts";

/** Settings of {@linkcode cgc}. */
export type CgcOptions<Tasks extends readonly Task[], Input extends string = string> = PleOptions<
  Tasks,
  Input
>;

/**
 * Customised gate control (Tang et al., RecSys 2020): some experts are shared, some belong to one
 * task, and the gate of a task mixes its own and the shared ones, example by example. Without shared
 * experts and with one own expert it is one network a task (of texts the embedding is shared, and
 * gates look at the mean of its words).
 *
 * Shared experts are shared; a task alone trains its experts, its gate and its head.
 *
 * ```ts
 * import { binary, cgc, encoders } from "polytask";
 * const model = cgc({
 *   encoder: encoders.mlp({ units: [16] }),
 *   experts: { shared: 2, own: 1 },
 *   tasks: [binary("income"), binary("married")],
 * });
 * ```
 * @throws {RangeError} When a count is not a whole number from 0, or both are 0.
 */
export function cgc<const Tasks extends readonly Task[], Input extends string>(
  options: CgcOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(cgcArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode cgc}. */
export function cgcArchitecture(settings: ExtractionSettings): Architecture {
  const experts = extractionOf("cgc", settings);
  const { below, expert } = splitTrunk(settings, experts);
  return extractionArchitecture({
    name: "CGC",
    trunk: trunkOf(settings),
    experts,
    below,
    levels: [expert],
  });
}
