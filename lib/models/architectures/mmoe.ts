import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { softmaxGate } from "./_gate.ts";
import { mixtureArchitecture, type MixtureSettings } from "./_mixture.ts";

/** Settings of {@linkcode mmoe}. */
export type MmoeOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & Pick<MixtureSettings, "experts">;

/**
 * Multi-gate mixture of experts (Ma et al., KDD 2018): all tasks share experts, and each task has a
 * gate that mixes them, example by example:
 *
 * f_k(x) = Σ_e softmax(W_k x)_e f_e(x)
 *
 * Experts are shared; the gate of a task and its head (the paper's tower: give the task `hidden`
 * units) belong to the task. Without `experts.encoder` each expert is a copy of the encoder, of any
 * kind; of texts all share the embedding, and x is the mean of its words.
 * {@linkcode readMixing} reads the gates.
 *
 * ```ts
 * import { binary, encoders, mmoe } from "polytask";
 * const model = mmoe({
 *   encoder: encoders.mlp({ units: [16] }),
 *   experts: { count: 8 },
 *   tasks: [binary("income", { hidden: [8] }), binary("married", { hidden: [8] })],
 * });
 * ```
 *
 * Experts on top of a shared part of a network, here of convolutions:
 *
 * ```ts
 * import { classification, encoders, mmoe } from "polytask";
 * const model = mmoe({
 *   encoder: encoders.leNet({ units: 50 }),
 *   experts: { count: 3, encoder: encoders.mlp({ units: [20] }) },
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 * });
 * ```
 * @throws {RangeError} When `experts.count` is not a whole number from 1.
 */
export function mmoe<const Tasks extends readonly Task[], Input extends string>(
  options: MmoeOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(mmoeArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode mmoe}. */
export function mmoeArchitecture(settings: MixtureSettings): Architecture {
  return mixtureArchitecture({
    name: "MMoE",
    called: "mmoe",
    settings,
    gates(graph, selector, experts) {
      for (const task of graph.tasks) {
        graph.head(
          task,
          softmaxGate(graph, { owner: task.name, name: "gate", selector, experts }),
        );
      }
    },
  });
}
