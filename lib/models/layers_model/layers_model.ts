import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import { type ModelGraph, readableInputs } from "../graph/mod.ts";
import { inputId } from "../graph/part.ts";
import { NoCounterpart, type WeightSource } from "../layers/counterpart.ts";
import type { MultiTaskModel } from "../model.ts";
import { LayerRegistry, type PlacedLayer, sourceOf } from "./scope.ts";

/** Settings of {@linkcode layersModel}. */
export interface LayersModelOptions<Name extends string = string> {
  /** The one task that the copy is to have, with what leads to it. Default: all tasks. */
  readonly task?: Name;
}

/** A model made of layers of TensorFlow.js. */
export interface MappedModel {
  /** Its weights are not set yet. */
  readonly layersModel: tf.LayersModel;
  /** Its layers with weights, and where these come from. */
  readonly placed: readonly PlacedLayer[];
  /** Names of the layers that take the inputs in, by input. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Names of the layers that give the raw outputs, by task. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A copy of a built model made of plain layers of TensorFlow.js, with the weights that the model has
 * now: an input layer for each input and an output layer for each task, which carry their names (with
 * `_` for characters that names of layers cannot have). It gives the raw outputs, as
 * `model.outputs` does. The caller disposes it.
 *
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { binary, encoders, hardSharing, layersModel, regression } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [8] }),
 *   tasks: [binary("rain"), regression("warmth")],
 * }).build({ inputs: { weather: [3] } });
 * const copy = layersModel(model);
 * model.dispose();
 * const weather = tf.zeros([2, 3]);
 * const [rain, warmth] = copy.predict(weather) as tf.Tensor[]; // both [2, 1]
 * console.log(copy.outputNames); // rain, warmth
 * tf.dispose([weather, rain, warmth]);
 * copy.dispose();
 * ```
 * @throws {RangeError} When a part of the model has no counterpart among these layers (says which,
 * and why), or the model has no such task.
 * @throws {Error} When the model is not built.
 */
export function layersModel<Tasks extends readonly Task[]>(
  model: MultiTaskModel<Tasks>,
  options: LayersModelOptions<Tasks[number]["name"]> = {},
): tf.LayersModel {
  const { task } = options;
  if (task !== undefined && !model.taskNames.includes(task)) {
    throw new RangeError(
      `The model has no task "${task}"; it has ${
        model.taskNames.map((name) => `"${name}"`).join(", ")
      }.`,
    );
  }
  const { layersModel, placed } = mapModel(model, task === undefined ? model.taskNames : [task]);
  for (const { layer, weights } of placed) {
    tf.tidy(() => layer.setWeights(weights.map((source, at) => numbersOf(source, layer, at))));
  }
  return layersModel;
}

/** A copy of the numbers for a weight of a layer, in its shape. */
function numbersOf(source: WeightSource, layer: tf.layers.Layer, at: number): tf.Tensor {
  const { variable, rows: [from, to] } = sourceOf(source);
  return variable.slice(from, to - from).reshape(layer.weights[at].shape as number[]);
}

/**
 * The layers for some tasks of a model. The caller disposes the model of layers.
 * @throws {RangeError} When a part does not map.
 */
export function mapModel(model: MultiTaskModel, tasks: readonly string[]): MappedModel {
  const graph = model.graph();
  if (!graph) {
    throw new NoCounterpart(
      `The architecture "${model.architecture.name}" does not map to layers of TensorFlow.js, as it is not made of parts.`,
    );
  }
  const registry = new LayerRegistry();
  try {
    return new Mapping(graph, model, registry).map(tasks);
  } catch (error) {
    for (const { layer, uses } of registry.layers) release(layer, uses);
    throw error;
  }
}

/** Gives up `uses` uses of a layer; with the last one its weights go. */
function release(layer: tf.layers.Layer, uses: number): void {
  for (let use = 0; use < uses; use++) layer.dispose();
}

/** Puts the parts of a graph into layers, each once for every input that leads to it. */
class Mapping {
  readonly #graph: ModelGraph;
  readonly #model: MultiTaskModel;
  readonly #registry: LayerRegistry;
  readonly #values = new Map<string, Map<string, tf.SymbolicTensor>>();

  constructor(graph: ModelGraph, model: MultiTaskModel, registry: LayerRegistry) {
    this.#graph = graph;
    this.#model = model;
    this.#registry = registry;
  }

  map(tasks: readonly string[]): MappedModel {
    const reads = tasks.map((task) => [task, this.#inputOf(task)] as const);
    const outputs = Object.fromEntries(tasks.map((task) => [task, this.#registry.claim(task)]));
    const inputs: Record<string, string> = {};
    const entries = Object.entries(this.#model.inputShapes)
      .filter(([input]) => reads.some(([, read]) => read === input))
      .map(([input, shape]) => {
        if (shape.length === 0) {
          throw new NoCounterpart(
            `The input "${input}" does not map to layers of TensorFlow.js, as its rows are single numbers; give it the shape [1].`,
          );
        }
        const name = inputs[input] = this.#registry.claim(input);
        const entry = tf.input({ name, shape: [...shape] });
        this.#values.set(input, new Map([[inputId(input), entry]]));
        return entry;
      });
    const results = reads.map(([task, input]) => {
      const value = this.#value(this.#graph.outputs.get(task)!, input);
      // Heads that two tasks have in common are to have two names.
      const named = tf.layers.activation({ name: outputs[task], activation: "linear" });
      return named.apply(value) as tf.SymbolicTensor;
    });
    const layersModel = tf.model({ name: "polytask", inputs: entries, outputs: results });
    // A model gives up each of its layers once, however often it uses them.
    for (const { layer, uses } of this.#registry.layers) release(layer, uses - 1);
    const placed = this.#registry.layers.filter(({ weights }) => weights.length > 0);
    return { layersModel, placed, inputs, outputs };
  }

  #inputOf(task: string): string {
    const inputs = readableInputs(this.#graph.source, task);
    if (inputs.length === 1) return inputs[0];
    throw new NoCounterpart(
      `The task "${task}" does not map to layers of TensorFlow.js, as it reads ${
        inputs.map((input) => `"${input}"`).join(" or ")
      }, whichever a batch holds.`,
    );
  }

  #value(id: string, input: string): tf.SymbolicTensor {
    const { parts, source } = this.#graph;
    const at = id === source.id ? source.entries.get(input)! : id;
    const values = this.#values.get(input)!;
    const known = values.get(at);
    if (known) return known;
    const part = parts.find((each) => each.id === at)!;
    const read = part.from.map((from) => this.#value(from, input));
    const value = this.#apply(part, read);
    values.set(at, value);
    return value;
  }

  #apply(part: ModelGraph["parts"][number], inputs: tf.SymbolicTensor[]): tf.SymbolicTensor {
    try {
      if (!part.counterpart) throw new NoCounterpart("there is no layer like it");
      return part.counterpart(inputs, this.#registry.child(part.id));
    } catch (error) {
      throw new NoCounterpart(
        `The part "${part.id}" does not map to layers of TensorFlow.js, as ${
          (error as Error).message
        }.`,
        { cause: error },
      );
    }
  }
}
