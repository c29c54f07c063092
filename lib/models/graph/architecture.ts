import type * as tf from "@tensorflow/tfjs";
import type { Architecture, BuildContext } from "../architecture.ts";
import type { StructurePart } from "../structure.ts";
import { GraphBuilder } from "./builder.ts";
import { forwardGraph } from "./forward.ts";
import type { ModelGraph } from "./part.ts";
import { onlyInput, stemsEntrance } from "./stems.ts";
import { type Trunk, trunkConfiguration } from "./trunk.ts";

/** What {@linkcode graphArchitecture} makes an architecture from. */
export interface GraphArchitectureRecipe {
  /** Name of the architecture, for summaries and errors. */
  readonly name: string;
  /** Encoder and stems, and which input each task reads. */
  readonly trunk: Trunk;
  /** Settings besides the trunk, as JSON; saved with the model. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Adds the parts between what the trunk reads and the outputs of all tasks. */
  build(graph: GraphBuilder): void;
}

/**
 * An architecture from parts. It computes what the tasks asked for need and nothing else, reads
 * several inputs through stems, draws itself, and can be cut down to one task.
 *
 * Your own needs one function. Here tasks share all stages but the last:
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { binary, encoders, graphArchitecture, MultiTaskModel } from "polytask";
 *
 * function lateSplit(encoder: encoders.Encoder) {
 *   return graphArchitecture({
 *     name: "late split",
 *     trunk: { encoder },
 *     build(graph) {
 *       const shared = graph.stages(encoder.stages.slice(0, -1), graph.source).at(-1)!;
 *       for (const task of graph.tasks) {
 *         graph.head(task, graph.stage(encoder.stages.at(-1)!, shared, { owner: task.name }));
 *       }
 *     },
 *   });
 * }
 * const encoder = encoders.mlp({ units: [8, 4] });
 * const model = new MultiTaskModel(lateSplit(encoder), [binary("rain"), binary("wind")]);
 * model.build({ inputs: { weather: [3] } });
 * console.log(model.parameterCounts()); // 32 shared, 41 each
 * const weather = tf.zeros([1, 3]);
 * const { rain, wind } = model.outputs({ weather });
 * tf.dispose([weather, rain, wind]);
 * model.dispose();
 * ```
 */
export function graphArchitecture(recipe: GraphArchitectureRecipe): Architecture {
  const { name, trunk, settings = {} } = recipe;
  return {
    name,
    configuration: { ...trunkConfiguration(trunk), ...settings },
    build(context: BuildContext) {
      const { parts, source, shape } = trunk.stems
        ? stemsEntrance(trunk.stems, trunk.reads ?? {}, context)
        : onlyInput(context.inputs, name);
      const builder = new GraphBuilder(context, source, shape, parts);
      recipe.build(builder);
      const graph = builder.build();
      return {
        graph,
        parts: structureOf(graph),
        someInputs: trunk.stems !== undefined,
        lastSharedLayer: lastSharedLayer(graph),
        forward: (inputs, tasks, run) => forwardGraph(graph, inputs, tasks, run),
      };
    },
  };
}

/** Variables of the layers that the shared part of a model ends in, each once. */
function lastSharedLayer({ parts, lastShared }: ModelGraph): tf.Variable[] {
  const layers = parts.filter(({ id }) => lastShared.includes(id));
  return [...new Set(layers.flatMap(({ lastLayer = [] }) => lastLayer))];
}

/** The boxes of the picture. Where a part reads the stems, it reads the last part of each. */
function structureOf({ parts, source }: ModelGraph): StructurePart[] {
  return parts.map(({ id, label, detail, kind, owner, shape, parameters, variablesOf, from }) => ({
    id,
    label,
    ...detail && { detail },
    kind,
    owner,
    shape,
    parameters,
    ...variablesOf !== undefined && { variablesOf },
    from: from.flatMap((each) => each === source.id ? [...source.entries.values()] : [each]),
  }));
}
