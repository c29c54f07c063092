import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import type { GraphBuilder } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { matrixRoots, nuclearNorm } from "./_matrix_root.ts";
import { headsOn, stitchedStages, towers } from "./_towers.ts";

/** Ways to tie the towers of {@linkcode softSharing}. */
export type Tie = "l2" | "trace" | "covariance";

/** Settings of {@linkcode softSharing} besides the trunk. */
export interface SoftSharingSettings {
  /**
   * What is kept small, for the weights w_t of the same layer in the towers of the tasks t, W with
   * one row for each tower:
   * - `"l2"` (default): Σ_t ‖w_t - mean‖², which pulls towers together (Duong et al. 2015);
   * - `"trace"`: ‖W‖_*, the sum of singular values, which makes towers combinations of few (Yang and
   *   Hospedales 2017);
   * - `"covariance"`: tr(Wᵀ Ω⁻¹ W), with Ω (trace 1) learned along: tasks that turn out alike are
   *   tied, others are not (Zhang and Yeung 2010). Its best Ω is (W Wᵀ)^½ / tr(W Wᵀ)^½.
   */
  readonly tie?: Tie;
  /** Factor of the tie in the loss, from 0: single-task networks. Default 0.001. */
  readonly strength?: number;
  /** Names of the stages that are tied. Default: all. */
  readonly stages?: readonly string[];
}

/**
 * A tower of its own for each task, with a penalty on how the towers differ. Everything belongs to a
 * task; only the penalty joins them, so methods that balance gradients of shared variables have
 * nothing to balance here.
 *
 * ```ts
 * import { classification, encoders, softSharing } from "polytask";
 * const model = softSharing({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 *   tie: "trace",
 *   strength: 0.01,
 * });
 * ```
 */
export function softSharing<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & SoftSharingSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(softSharingArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode softSharing}.
 * @throws {RangeError} When the strength is below 0, or a stage is not there.
 */
export function softSharingArchitecture(options: Trunk & SoftSharingSettings): Architecture {
  const { encoder, tie = "l2", strength = 0.001, stages } = options;
  if (!(strength >= 0 && Number.isFinite(strength))) {
    throw new RangeError(`strength must be a number from 0, but is ${strength}.`);
  }
  const tied = stitchedStages(encoder, stages);
  return graphArchitecture({
    name: "soft sharing",
    trunk: trunkOf(options),
    settings: { tie, strength, ...stages && { stages } },
    build(graph) {
      headsOn(graph, towers(graph, encoder));
      const layers = tiedVariables(graph, tied);
      if (strength > 0 && graph.tasks.length > 1) {
        graph.penalty(() =>
          tf.tidy(() => tf.addN(layers.map(penalties[tie])).mul(strength) as tf.Scalar)
        );
      }
    },
  });
}

/** The variables of the tied stages: for each of them, one of every task. */
function tiedVariables(graph: GraphBuilder, stages: ReadonlySet<string>): tf.Variable[][] {
  const towers = graph.tasks.map(({ name }) =>
    graph.scope(name).variables.filter((each) =>
      each.variable.trainable &&
      [...stages].some((stage) => each.name.startsWith(`task ${name}/${stage}/`))
    )
  );
  return towers[0].map((_, at) => towers.map((variables) => variables[at].variable));
}

/** What is kept small, for the same variable in all towers. */
const penalties: Readonly<Record<Tie, (copies: readonly tf.Variable[]) => tf.Scalar>> = {
  l2(copies) {
    const rows = rowsOf(copies);
    return rows.sub(rows.mean(0, true)).square().sum();
  },
  trace: (copies) => nuclearNorm(rowsOf(copies)),
  covariance: (copies) => tiedByCovariance(rowsOf(copies)),
};

/** The copies as rows `[tasks, numbers]`. */
function rowsOf(copies: readonly tf.Variable[]): tf.Tensor2D {
  return tf.stack(copies.map((copy) => copy.as1D())) as tf.Tensor2D;
}

/** tr(Wᵀ Ω⁻¹ W) at the best Ω for the present W, which the gradient takes as given. */
function tiedByCovariance(rows: tf.Tensor2D): tf.Scalar {
  const evaluate = tf.customGrad((input, save) => {
    const weights = input as tf.Tensor2D;
    const { root, inverse } = matrixRoots(tf.matMul(weights, weights, false, true));
    const trace = root.mul(tf.eye(root.shape[0])).sum();
    (save as tf.GradSaveFunc)([tf.matMul(inverse, weights).mul(trace).mul(2)]);
    return {
      value: trace.square() as tf.Scalar,
      gradFunc: (upstream: tf.Scalar, [slope]: tf.Tensor[]) => slope.mul(upstream),
    };
  });
  return evaluate(rows) as tf.Scalar;
}
