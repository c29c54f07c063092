import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { dense, globalAveragePool } from "../layers/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { VariableScope } from "../variable_scope.ts";
import { reverseGradient } from "./_gradient_reversal.ts";

/** Strengths of the two terms of {@linkcode adversarialSharedPrivate}. */
export interface AdversarialSharedPrivateSettings {
  /** Strength of the discriminator's loss, from 0. Default 0.05, as in the paper. */
  readonly adversarial?: number;
  /** Strength of the orthogonality of shared and private features, from 0. Default 0.01, as there. */
  readonly orthogonality?: number;
}

/** Settings of {@linkcode adversarialSharedPrivate}. */
export type AdversarialSharedPrivateOptions<
  Tasks extends readonly Task[],
  Input extends string = string,
> = TrunkOptions<Tasks, Input> & AdversarialSharedPrivateSettings;

/**
 * A shared encoder S and a private one P_k of each task, both copies of the trunk's encoder; the head
 * of a task reads both (ASP-MTL: Liu, Qiu and Huang, ACL 2017, the paper of the FDU-MTL reviews).
 * Training adds two terms to the losses:
 *
 * `adversarial` · cross-entropy(D(S(x)), k) + `orthogonality` · Σ_k ‖S(x)ᵀ P_k(x) / rows‖²
 *
 * The discriminator D, one linear layer, learns which task a row is of; the gradient is turned round
 * on its way into S, which so learns to hide it. Made for tasks with rows of their own: train with
 * batches by task, or on joint data with stems. Where rows are of several tasks at once nothing tells
 * them apart, and the discriminator's target is an even spread over those tasks.
 *
 * Features with places, of words or pixels, stay so for the heads: shared and private channels stand
 * one behind the other at every place. The two terms look at their means over the places (padding left
 * out).
 *
 * As the paper has it, but for the division by the rows, which keeps the second term the same for
 * batches of any size. Encoder S and discriminator are shared; P_k and head belong to their task.
 *
 * ```ts
 * import { adversarialSharedPrivate, binary, encoders } from "polytask";
 * const model = adversarialSharedPrivate({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [binary("books"), binary("films")],
 * });
 * ```
 * @throws {RangeError} When a strength is below 0.
 */
export function adversarialSharedPrivate<const Tasks extends readonly Task[], Input extends string>(
  options: AdversarialSharedPrivateOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  const architecture = adversarialSharedPrivateArchitecture(options);
  return new MultiTaskModel(architecture, options.tasks, options.seed);
}

/** The architecture behind {@linkcode adversarialSharedPrivate}. */
export function adversarialSharedPrivateArchitecture(
  options: Trunk & AdversarialSharedPrivateSettings,
): Architecture {
  const { encoder: { stages }, adversarial = 0.05, orthogonality = 0.01 } = options;
  for (const [name, value] of Object.entries({ adversarial, orthogonality })) {
    if (value >= 0) continue;
    throw new RangeError(`adversarialSharedPrivate: ${name} must be from 0, but is ${value}.`);
  }
  return graphArchitecture({
    name: "adversarial shared-private",
    trunk: trunkOf(options),
    settings: { adversarial, orthogonality },
    build(graph) {
      const shared = graph.stages(stages, graph.source).at(-1)!;
      const own = graph.tasks.map(({ name }) =>
        graph.stages(stages, graph.source, { owner: name }).at(-1)!
      );
      graph.tasks.forEach((task, at) => graph.head(task, sideBySide(graph, task, shared, own[at])));
      graph.lastShared([shared]);
      discriminate(graph, shared, adversarial);
      graph.penalty((pass) =>
        tf.tidy(() => {
          const products = graph.tasks.flatMap(({ name }, at) =>
            pass.tasks.includes(name)
              ? [overlap(pass.value(shared.id), pass.value(own[at].id))]
              : []
          );
          return tf.addN(products).mul(orthogonality) as tf.Scalar;
        })
      );
    },
  });
}

/** Shared and private features of a task, one behind the other, for every place where there are places. */
function sideBySide(graph: GraphBuilder, task: Task, shared: GraphNode, own: GraphNode): GraphNode {
  return graph.part({
    owner: task.name,
    name: "both",
    label: "shared and private",
    from: [shared, own],
    build: () => ({
      shape: [...shared.shape.slice(0, -1), channelsOf(shared) + channelsOf(own)],
      apply: (inputs) => tf.concat([...inputs], -1),
    }),
  });
}

/** Adds the discriminator and its loss. */
function discriminate(graph: GraphBuilder, shared: GraphNode, strength: number): void {
  const { tasks } = graph;
  const discriminator = graph.part({
    name: "discriminator",
    label: "which task?",
    detail: "gradient reversed",
    kind: "head",
    from: [shared],
    build(scope) {
      const layer = dense({ units: tasks.length }).build([channelsOf(shared)], scope);
      return {
        shape: layer.outputShape,
        apply: ([features], context) =>
          tf.tidy(() => layer.apply(reverseGradient(oneVector(features)), context)),
      };
    },
  });
  graph.penalty((pass) =>
    tf.tidy(() => {
      const share = tasks.map(({ name }) => pass.tasks.includes(name) ? 1 / pass.tasks.length : 0);
      const logits = pass.value(discriminator.id);
      return tf.logSoftmax(logits).mul(share).sum(1).mean().mul(-strength) as tf.Scalar;
    })
  );
}

/** Last side of the features of a part. */
function channelsOf({ shape }: GraphNode): number {
  return shape[shape.length - 1];
}

/** One vector `[batch, channels]` for each row: features with places are averaged, without padding. */
function oneVector(features: tf.Tensor): tf.Tensor2D {
  if (features.rank === 2) return features as tf.Tensor2D;
  const pool = globalAveragePool({ maskZeros: features.rank === 3 });
  // It has no variables.
  const built = pool.build(features.shape.slice(1), new VariableScope("mean", 0));
  return built.apply(features, { training: false }) as tf.Tensor2D;
}

/** ‖Sᵀ P / rows‖², the square of every product of a shared and a private feature, mean over rows. */
function overlap(shared: tf.Tensor, own: tf.Tensor): tf.Scalar {
  const product = tf.matMul(oneVector(shared), oneVector(own), true, false);
  return product.div(shared.shape[0]).square().sum() as tf.Scalar;
}
