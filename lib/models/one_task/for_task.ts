import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import { type GraphPart, GraphPass, type ModelGraph, readableInputs } from "../graph/mod.ts";
import type { MultiTaskModel } from "../model.ts";
import { fold } from "./fold.ts";
import { TaskNetwork } from "./network.ts";
import { probeRows, programOf } from "./program.ts";
import { recordKernels, tensorsOf, withPlainKernels } from "./trace.ts";

const still = { training: false } as const;

/** Settings of {@linkcode forTask}. */
export interface ForTaskOptions {
  /** The input that the network is to read, where the task reads one of several. Default: the first. */
  readonly input?: string;
}

/**
 * The smallest network that computes one task of a trained model: without the heads, towers, experts
 * and gates of the others, without what a stitch or gate gives weight 0, with everything that does
 * not depend on the input computed beforehand, and nothing computed twice. Factors of stitches and
 * batch norm go into the layers before and after where the result is the same: of the K x K factors
 * between K towers (K - 1)² are left, of the last stitch none. The network keeps the weights that the
 * model has now, and goes on when the model is disposed. The caller disposes it.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { classification, encoders, forTask, hardSharing } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [32] }),
 *   tasks: [classification("left", { classes: 10 }), classification("right", { classes: 10 })],
 * }).build({ inputs: { image: [6, 6, 1] } });
 * const left = await forTask(model, "left");
 * model.dispose();
 * const image = tf.zeros([1, 6, 6, 1]);
 * const logits = left.predict({ image }); // [1, 10]
 * tf.dispose([image, logits]);
 * left.dispose();
 * ```
 * @throws {RangeError} When the model has no such task, or the task does not read the input.
 * @throws {Error} When the model is not built, or takes other steps for other numbers of rows.
 */
export async function forTask<Tasks extends readonly Task[]>(
  model: MultiTaskModel<Tasks>,
  task: Tasks[number]["name"],
  options: ForTaskOptions = {},
): Promise<TaskNetwork> {
  const found = model.tasks.find(({ name }) => name === task);
  if (!found) {
    throw new RangeError(
      `The model has no task "${task}"; it has ${
        model.taskNames.map((name) => `"${name}"`).join(", ")
      }.`,
    );
  }
  const graph = model.graph();
  const simple = graph && await simplified(graph, task);
  const names = inputsOf(model, graph, task, options.input);
  const shapes = Object.fromEntries(names.map((name) => [name, model.inputShapes[name]]));
  const recordings = await withPlainKernels(() =>
    probeRows.map((rows) => {
      const inputs = tf.tidy(() =>
        Object.fromEntries(names.map((name) => [name, tf.zeros([rows, ...shapes[name]])]))
      );
      try {
        return recordKernels(inputs, () =>
          simple
            ? new GraphPass(simple, names[0], inputs, [task], still).value(
              simple.outputs.get(task)!,
            )
            : model.forward(inputs, [task], still).outputs[task]);
      } finally {
        tf.dispose(inputs);
      }
    })
  );
  const [first, second] = recordings;
  try {
    const { program, made } = await fold(await programOf(first, second), shapes);
    try {
      return new TaskNetwork(found, shapes, program);
    } finally {
      made.dispose();
    }
  } finally {
    tf.dispose(recordings.flatMap(tensorsOf));
  }
}

/** The graph with every part that the task needs reading as little as its weights allow. */
async function simplified(graph: ModelGraph, task: string): Promise<ModelGraph> {
  const parts = new Map(graph.parts.map((part) => [part.id, part]));
  const seen = new Set<string>();
  const visit = async (id: string): Promise<void> => {
    const part = parts.get(id);
    if (!part || seen.has(id)) return;
    seen.add(id);
    const simple: GraphPart = { ...part, ...await part.simplify?.() };
    parts.set(id, simple);
    for (const from of simple.from) await visit(from);
  };
  await visit(graph.outputs.get(task)!);
  return { ...graph, parts: [...parts.values()] };
}

/** Names of the inputs that the task reads. */
function inputsOf(
  model: MultiTaskModel<readonly Task[]>,
  graph: ModelGraph | undefined,
  task: string,
  wanted: string | undefined,
): string[] {
  const all = Object.keys(model.inputShapes);
  if (!graph || all.length === 1) return all;
  const readable = readableInputs(graph.source, task);
  const chosen = wanted ?? readable[0];
  if (!readable.includes(chosen)) {
    throw new RangeError(
      `Task "${task}" does not read the input "${wanted}"; it reads ${
        readable.map((name) => `"${name}"`).join(" or ")
      }.`,
    );
  }
  return [chosen];
}
