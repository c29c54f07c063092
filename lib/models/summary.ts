import * as tf from "@tensorflow/tfjs";
import { passesOf, reachOf } from "./graph/mod.ts";
import type { GraphPart, ModelGraph } from "./graph/part.ts";
import type { MultiTaskModel } from "./model.ts";
import { countFlops } from "./one_task/flops.ts";
import { withPlainKernels } from "./one_task/trace.ts";

/** What a part of a model costs, and whom it serves. */
export interface SummaryRow {
  /** Id of the part in the model's structure. */
  readonly part: string;
  /** Name of the part in the picture. */
  readonly label: string;
  /** A few words more: `"5 × 5, relu"`. */
  readonly detail?: string;
  /** `"shared"`, or the one task that trains the part. */
  readonly owner: string;
  /** Shape of what comes out, without the batch. */
  readonly shape: readonly number[];
  /** Trainable numbers; 0 where they are those of another part, `variablesOf`. */
  readonly parameters: number;
  /** Part whose variables this one uses. */
  readonly variablesOf?: string;
  /** Floating-point operations for one example. */
  readonly flops: number;
  /** The tasks whose outputs depend on the part. */
  readonly tasks: readonly string[];
}

/** Parameters and operations. */
export interface Cost {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Floating-point operations for one example. */
  readonly flops: number;
}

/** What a model is made of. */
export interface ModelSummary {
  /** Name of the architecture. */
  readonly name: string;
  /** One row for each part, in the order of the graph. */
  readonly rows: readonly SummaryRow[];
  /** All tasks together; a part that serves several counts once. */
  readonly total: Cost;
  /** What each task sees: all parts that its output depends on. */
  readonly byTask: Readonly<Record<string, Cost>>;
}

/**
 * Parameters, floating-point operations and reach of every part of a built model. Operations are
 * counted while one example of zeros passes through: two for every multiplication of a product or a
 * convolution, one for every other number that is computed, none for moving numbers.
 *
 * ```ts
 * import { binary, encoders, hardSharing, summary } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [8] }),
 *   tasks: [binary("rain"), binary("wind")],
 * }).build({ inputs: { weather: [5] } });
 * const { total, byTask } = await summary(model);
 * console.log(total.parameters, byTask.rain.parameters); // 66 and 57
 * model.dispose();
 * ```
 * @throws {Error} When the model is not built, or its architecture is not made of parts.
 */
export async function summary(model: MultiTaskModel): Promise<ModelSummary> {
  const graph = model.graph();
  if (!graph) {
    throw new Error(
      `The architecture "${model.architecture.name}" is not made of parts; make it with graphArchitecture to have a summary.`,
    );
  }
  const flops = await withPlainKernels(() => flopsOfParts(model, graph));
  const reach = reachOf(graph);
  const rows = graph.parts.map((
    { id, label, detail, owner, shape, parameters, variablesOf },
  ) => ({
    part: id,
    label,
    ...detail && { detail },
    owner,
    shape,
    parameters,
    ...variablesOf !== undefined && { variablesOf },
    flops: flops.get(id) ?? 0,
    tasks: model.taskNames.filter((task) => reach.get(task)!.has(id)),
  }));
  return {
    name: model.architecture.name,
    rows,
    total: costOf(rows),
    byTask: Object.fromEntries(
      model.taskNames.map((
        task,
      ) => [task, costOfTask(rows, task)]),
    ),
  };
}

/** What a task sees; variables that only a part of another task counts are among them. */
function costOfTask(rows: readonly SummaryRow[], task: string): Cost {
  const seen = rows.filter(({ tasks }) => tasks.includes(task));
  const counted = new Set(seen.map(({ part, variablesOf }) => variablesOf ?? part));
  return {
    parameters: costOf(rows.filter(({ part }) => counted.has(part))).parameters,
    flops: costOf(seen).flops,
  };
}

function costOf(rows: readonly SummaryRow[]): Cost {
  return {
    parameters: rows.reduce((sum, { parameters }) => sum + parameters, 0),
    flops: rows.reduce((sum, { flops }) => sum + flops, 0),
  };
}

function flopsOfParts(model: MultiTaskModel, graph: ModelGraph): Map<string, number> {
  const flops = new Map<string, number>();
  const counted: ModelGraph = {
    ...graph,
    parts: graph.parts.map((part): GraphPart => ({
      ...part,
      apply(inputs, context) {
        let value: tf.Tensor | undefined;
        const count = countFlops(() => value = part.apply(inputs, context));
        // A part that serves several inputs costs this for each; one example has one of them.
        flops.set(part.id, count);
        return value!;
      },
    })),
  };
  tf.tidy(() => {
    for (const task of model.taskNames) {
      // Each input by itself: of several that a task may read, a batch holds one.
      for (const name of Object.keys(model.inputShapes)) {
        const inputs = { [name]: tf.zeros([1, ...model.inputShapes[name]]) };
        if (!reads(graph, task, inputs)) continue;
        for (const pass of passesOf(counted, inputs, [task], { training: false })) {
          pass.value(graph.outputs.get(task)!);
        }
      }
    }
  });
  return flops;
}

function reads(
  graph: ModelGraph,
  task: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
): boolean {
  try {
    return inputs[graph.source.inputOf(task, inputs)] !== undefined;
  } catch {
    return false;
  }
}
