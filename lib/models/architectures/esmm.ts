import * as tf from "@tensorflow/tfjs";
import type { Task, TaskName } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { funnelOf, type FunnelSettings, ownerOf } from "./_funnel.ts";

/** Settings of {@linkcode esmm}. */
export type EsmmOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & FunnelSettings<NoInfer<TaskName<Tasks>>>;

/**
 * Chained probabilities for a funnel of events (ESMM: Ma et al., SIGIR 2018): an event can happen
 * only where the one before did, so its probability is a product,
 *
 * p(bought) = p(clicked) · p(bought | clicked)
 *
 * and the network learns the conditional ones through it, from **all** examples: the target of
 * `bought` is 0 where nothing was clicked, not missing. Output and loss of a task are those of the
 * product, as a logit computed without cancellation; divide two probabilities for a conditional one.
 *
 * The paper has two events and towers on shared embeddings; here it is any number of binary tasks on
 * a shared trunk, with towers by the tasks' `hidden` units. Tasks outside the funnel have plain heads.
 *
 * Trunk and towers are shared, but for the tower of the last event, which is its own: the losses of
 * later events train the towers before them.
 *
 * ```ts
 * import { binary, encoders, esmm } from "polytask";
 * const model = esmm({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [binary("clicked", { hidden: [8] }), binary("bought", { hidden: [8] })],
 * });
 * ```
 * @throws {RangeError} From `build`, when the funnel is not of two or more binary tasks.
 */
export function esmm<const Tasks extends readonly Task[], Input extends string>(
  options: EsmmOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(esmmArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode esmm}. */
export function esmmArchitecture(options: Trunk & FunnelSettings): Architecture {
  const { funnel } = options;
  return graphArchitecture({
    name: "ESMM",
    trunk: trunkOf(options),
    settings: funnel ? { funnel } : {},
    build(graph) {
      const { events, others } = funnelOf("esmm", graph.tasks, options);
      const features = graph.stages(options.encoder.stages, graph.source).at(-1)!;
      const heads = events.map((task, at) =>
        graph.head(task, features, { owner: ownerOf(events, at) })
      );
      for (const [at, { name }] of events.entries()) {
        if (at === 0) continue;
        const product = graph.part({
          owner: ownerOf(events, at),
          name: `${name} chained`,
          label: `p(${name})`,
          detail: `product of ${at + 1}`,
          kind: "output",
          from: heads.slice(0, at + 1),
          build: () => ({ shape: heads[at].shape, apply: (logits) => chainedLogit(logits) }),
        });
        graph.output(name, product);
      }
      for (const task of others) graph.head(task, features);
      graph.representation(features);
      graph.lastShared([features]);
    },
  });
}

/**
 * Logit of the product of the sigmoids of several logits, of one shape. The chance of the opposite is
 * a sum of products of chances, so that nothing cancels. Keeps its arguments; the caller owns the
 * result.
 */
export function chainedLogit(logits: readonly tf.Tensor[]): tf.Tensor {
  return tf.tidy(() => {
    const logChance = (logit: tf.Tensor) => tf.softplus(logit.neg()).neg();
    let yes = logChance(logits[0]);
    let no = logChance(logits[0].neg());
    for (const logit of logits.slice(1)) {
      // log(exp(no) + exp(stops here))
      const stopsHere = yes.add(logChance(logit.neg()));
      no = no.add(tf.softplus(stopsHere.sub(no)));
      yes = yes.add(logChance(logit));
    }
    return yes.sub(no);
  });
}
