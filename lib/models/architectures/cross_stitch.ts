import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import { headsOn, stitchedStages, towers } from "./_towers.ts";
import { rowWeights, weightedSum } from "./_weighted_sum.ts";

/** Settings of {@linkcode crossStitch} besides the trunk. */
export interface CrossStitchSettings {
  /** One weight for a whole tower, or one for each of its channels. Default `"tower"`. */
  readonly weights?: "tower" | "channel";
  /**
   * First weight of a task's own tower; the others share the rest. 1 starts as single-task networks,
   * 1 / tasks as the mean. Default 0.9.
   */
  readonly own?: number;
  /**
   * Factor on the learning rate of the stitches. The paper, with plain gradient descent, took 100 to
   * 1000; with Adam much less is enough. Default 10.
   */
  readonly learningRateFactor?: number;
  /** Names of the stages that are followed by a stitch. Default: all. */
  readonly after?: readonly string[];
}

/**
 * A tower for each task; after each stage every tower goes on with a learned mix of all towers
 * (Misra et al. 2016, equation 1): x̃_t = Σ_s α_ts x_s. Stitches are shared, and so are the
 * towers up to the last stitch, as the losses of all tasks train them; what comes after it belongs to
 * its task.
 *
 * ```ts
 * import { classification, crossStitch, encoders } from "polytask";
 * const model = crossStitch({
 *   encoder: encoders.leNet(),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 *   own: 0.9,
 * });
 * ```
 */
export function crossStitch<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input> & CrossStitchSettings,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(crossStitchArchitecture(options), options.tasks, options.seed);
}

/**
 * The architecture behind {@linkcode crossStitch}.
 * @throws {RangeError} When a setting is out of range.
 */
export function crossStitchArchitecture(options: Trunk & CrossStitchSettings): Architecture {
  const { encoder, weights = "tower", own = 0.9, learningRateFactor = 10, after } = options;
  if (!Number.isFinite(own)) throw new RangeError(`own must be a number, but is ${own}.`);
  if (!(learningRateFactor > 0 && Number.isFinite(learningRateFactor))) {
    throw new RangeError(`learningRateFactor must be above 0, but is ${learningRateFactor}.`);
  }
  const stitched = stitchedStages(encoder, after);
  return graphArchitecture({
    name: "cross-stitch",
    trunk: trunkOf(options),
    settings: { weights, own, learningRateFactor, ...after && { after } },
    build(graph) {
      const ends = towers(graph, encoder, {
        after: stitched,
        join: (nodes, stage) =>
          graph.tasks.map(({ name }, at) =>
            weightedSum(graph, {
              name: `stitch ${stage.name} to ${name}`,
              label: `${stage.name} to ${name}`,
              from: nodes,
              start: rowWeights(nodes.length, at, own),
              perChannel: weights === "channel",
              learningRateFactor,
            })
          ),
      });
      headsOn(graph, ends);
    },
  });
}
