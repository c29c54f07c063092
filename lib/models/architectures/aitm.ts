import * as tf from "@tensorflow/tfjs";
import type { Task, TaskName } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { dense, flatten } from "../layers/mod.ts";
import { MultiTaskModel } from "../model.ts";
import type { VariableScope } from "../variable_scope.ts";
import { checkCounts } from "./_experts.ts";
import { funnelOf, type FunnelSettings, ownerOf } from "./_funnel.ts";
import { asRows } from "./_gate.ts";

/** Settings of {@linkcode aitm} besides trunk and funnel. */
export interface AitmSettings {
  /** Units of each tower and of what is handed on, from 1. Default 32. */
  readonly units?: number;
  /** Strength of the calibrator, from 0. Default 0.6, as in the code of the paper. */
  readonly calibrator?: number;
}

/** Settings of {@linkcode aitm}. */
export type AitmOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & FunnelSettings<NoInfer<TaskName<Tasks>>>
  & AitmSettings;

/**
 * Adaptive information transfer along a funnel of events (AITM: Xi et al., KDD 2021). Each event has
 * a tower q_t on the shared trunk; the event before hands on p_t = ReLU(W z_(t-1)), and attention
 * decides how much of each is used, example by example:
 *
 * z_t = Σ_u softmax_u(⟨h2(u), h3(u)⟩ / √d) h1(u),  u ∈ {p_t, q_t},  z_1 = q_1
 *
 * with linear h1, h2, h3. A head on z_t gives the probability ŷ_t. The calibrator adds
 * `calibrator` · Σ_t max(ŷ_t - ŷ_(t-1), 0), mean over the batch, to the losses: a later event should
 * not be likelier than the one before. {@linkcode readMixing} shows how much is handed on.
 *
 * The target of a later event is 0, not missing, where an earlier one did not happen. Tasks outside
 * the funnel have plain heads. The paper's towers and transfers may be deeper; here each is one
 * layer, and heads have the tasks' `hidden` units.
 *
 * The trunk is shared, and so are the towers, transfers and attentions of all events but the last, as
 * the losses of later events train what is handed on to them. Those of the last event are its own, and
 * every head belongs to its task.
 *
 * ```ts
 * import { aitm, binary, encoders } from "polytask";
 * const model = aitm({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [binary("clicked"), binary("bought")],
 *   units: 16,
 * });
 * ```
 * @throws {RangeError} When `units` or `calibrator` is out of range; from `build`, when the funnel is
 * not of two or more binary tasks.
 */
export function aitm<const Tasks extends readonly Task[], Input extends string>(
  options: AitmOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(aitmArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode aitm}. */
export function aitmArchitecture(options: Trunk & FunnelSettings & AitmSettings): Architecture {
  const { funnel, units = 32, calibrator = 0.6 } = options;
  checkCounts("aitm", { units }, 1);
  if (!(calibrator >= 0)) {
    throw new RangeError(`aitm: calibrator must be from 0, but is ${calibrator}.`);
  }
  return graphArchitecture({
    name: "AITM",
    trunk: trunkOf(options),
    settings: { units, calibrator, ...funnel && { funnel } },
    build(graph) {
      const { events, others } = funnelOf("aitm", graph.tasks, options);
      const features = graph.stages(options.encoder.stages, graph.source).at(-1)!;
      let before: GraphNode | undefined;
      const heads = events.map((task, at) => {
        const place = { owner: ownerOf(events, at), name: task.name };
        before = information(graph, { ...place, features, before, units });
        return graph.head(task, before);
      });
      for (const task of others) graph.head(task, features);
      graph.lastShared([features]);
      calibrate(graph, events, heads, calibrator);
    },
  });
}

/** What an event's head reads: its tower, and what the event before hands on. */
function information(
  graph: GraphBuilder,
  event: {
    readonly owner: string;
    readonly name: string;
    readonly features: GraphNode;
    readonly before: GraphNode | undefined;
    readonly units: number;
  },
): GraphNode {
  const { owner, name, features, before, units } = event;
  const layer = dense({ units, activation: "relu" });
  const tower = graph.stage(
    { name: "tower", layers: [...features.shape.length > 1 ? [flatten()] : [], layer] },
    features,
    { owner, name },
  );
  if (!before) return tower;
  const handedOn = graph.stage({ name: "transfer", layers: [layer] }, before, { owner, name });
  return graph.part({
    owner,
    name: `${name} attention`,
    from: [handedOn, tower],
    build: (scope) => attention(scope, units),
  });
}

/** Attention over what is handed on and an event's own tower. */
function attention(scope: VariableScope, units: number) {
  const square = (name: string) =>
    scope.variable(name, [units, units], {
      kind: "glorot",
      fanIn: units,
      fanOut: units,
    }) as tf.Tensor as tf.Tensor2D;
  const [value, key, query] = [square("value"), square("key"), square("query")];
  const weights = (inputs: readonly tf.Tensor[]) =>
    tf.tidy(() => {
      const scores = inputs.map((input) => {
        const rows = asRows(input);
        const product = tf.matMul(rows, key).mul(tf.matMul(rows, query));
        return product.sum(1, true).div(Math.sqrt(units));
      });
      return tf.softmax(tf.concat(scores, 1)) as tf.Tensor2D;
    });
  return {
    shape: [units],
    apply: (inputs: readonly tf.Tensor[]) =>
      tf.tidy(() => {
        const shares = tf.split(weights(inputs), 2, 1);
        const [first, second] = inputs.map((input, at) =>
          tf.matMul(asRows(input), value).mul(shares[at])
        );
        return first.add(second);
      }),
    mixing: { of: ["handed on", "own"], perExample: true, weights },
  };
}

/** Adds the calibrator, for events of a batch that follow one another. */
function calibrate(
  graph: GraphBuilder,
  events: readonly Task[],
  heads: readonly GraphNode[],
  strength: number,
): void {
  graph.penalty((pass) =>
    tf.tidy(() => {
      let excess = tf.scalar(0);
      for (let at = 1; at < events.length; at++) {
        if (!pass.tasks.includes(events[at].name)) continue;
        if (!pass.tasks.includes(events[at - 1].name)) continue;
        const [earlier, later] = [at - 1, at].map((which) =>
          tf.sigmoid(pass.value(heads[which].id))
        );
        excess = excess.add(tf.relu(later.sub(earlier)).mean());
      }
      return excess.mul(strength) as tf.Scalar;
    })
  );
}
