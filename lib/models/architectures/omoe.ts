import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { MultiTaskModel } from "../model.ts";
import { softmaxGate } from "./_gate.ts";
import { mixtureArchitecture, type MixtureSettings } from "./_mixture.ts";
import type { MmoeOptions } from "./mmoe.ts";

/** Settings of {@linkcode omoe}. */
export type OmoeOptions<Tasks extends readonly Task[], Input extends string = string> = MmoeOptions<
  Tasks,
  Input
>;

/**
 * One-gate mixture of experts, the baseline of the MMoE paper (Ma et al., KDD 2018): one gate mixes
 * the experts for all tasks alike. Experts and gate are shared; the heads belong to their tasks.
 *
 * ```ts
 * import { binary, encoders, omoe } from "polytask";
 * const model = omoe({
 *   encoder: encoders.mlp({ units: [16] }),
 *   experts: { count: 8 },
 *   tasks: [binary("income"), binary("married")],
 * });
 * ```
 * @throws {RangeError} When `experts.count` is not a whole number from 1.
 */
export function omoe<const Tasks extends readonly Task[], Input extends string>(
  options: OmoeOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(omoeArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode omoe}. */
export function omoeArchitecture(settings: MixtureSettings): Architecture {
  return mixtureArchitecture({
    name: "OMoE",
    called: "omoe",
    settings,
    gates(graph, selector, experts) {
      const mixed = softmaxGate(graph, { name: "gate", selector, experts });
      for (const task of graph.tasks) graph.head(task, mixed);
      graph.representation(mixed);
    },
  });
}
