import type { Task } from "../../tasks/mod.ts";
import { buildHead } from "../_head.ts";
import type { Architecture } from "../architecture.ts";
import { graphArchitecture, type Trunk, trunkOf, type TrunkOptions } from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";

/**
 * One network with one head for all tasks, as if they were one: for tasks that are the same question
 * in different places (schools, patients, shops). The other baseline: everything is shared.
 *
 * ```ts
 * import { encoders, pooled, regression } from "polytask";
 * const model = pooled({
 *   encoder: encoders.mlp({ units: [8] }),
 *   tasks: [regression("school 1"), regression("school 2")],
 * });
 * model.build({ inputs: { pupil: [5] } });
 * console.log(model.parameterCounts()); // all 57 are shared
 * model.dispose();
 * ```
 * @throws {RangeError} From `build`, when the outputs of the tasks differ in shape.
 */
export function pooled<const Tasks extends readonly Task[], Input extends string>(
  options: TrunkOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(pooledArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode pooled}. */
export function pooledArchitecture(trunk: Trunk): Architecture {
  return graphArchitecture({
    name: "pooled",
    trunk: trunkOf(trunk),
    build(graph) {
      const [first, ...others] = graph.tasks;
      const other = others.find(({ outputShape }) => `${outputShape}` !== `${first.outputShape}`);
      if (other) {
        throw new RangeError(
          `A pooled model has one head, but the outputs of "${first.name}" have the shape ` +
            `[${first.outputShape}] and those of "${other.name}" [${other.outputShape}].`,
        );
      }
      const features = graph.stages(trunk.encoder.stages, graph.source).at(-1)!;
      const head = graph.part({
        name: "head",
        kind: "head",
        from: [features],
        build(scope) {
          const { outputShape, apply, counterpart } = buildHead(first, features.shape, scope);
          return {
            shape: outputShape,
            apply: ([input], context) => apply(input, context),
            counterpart: ([input], layers) => counterpart(input, layers),
          };
        },
      });
      for (const { name } of graph.tasks) graph.output(name, head);
      graph.representation(features);
    },
  });
}
