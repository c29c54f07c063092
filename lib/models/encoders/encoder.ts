import type { BuiltLayer, ForwardContext, Layer } from "../layers/mod.ts";
import { layerFromConfiguration } from "../layers/mod.ts";
import { chainCounterpart, type Counterpart, type Link } from "../layers/counterpart.ts";
import { countTrainable, trainableOf, type VariableScope } from "../variable_scope.ts";
import * as tf from "@tensorflow/tfjs";

/**
 * A named run of layers: the unit at which architectures split, stitch or mix. Without layers it
 * hands its input on.
 */
export interface Stage {
  /** Name of the stage, unique in its encoder; names its variables too. */
  readonly name: string;
  /** The layers, in the order in which they are applied. */
  readonly layers: readonly Layer[];
}

/** The recipe of a trunk: what turns an input into features. */
export interface Encoder {
  /** Name of the encoder. */
  readonly name: string;
  /** The stages, in the order in which they are applied; at least one. */
  readonly stages: readonly Stage[];
}

/** A stage whose variables exist. */
export interface BuiltStage {
  readonly name: string;
  readonly detail: string;
  readonly outputShape: readonly number[];
  /** Trainable numbers in the stage. */
  readonly parameters: number;
  /** Trainable variables of the last layer that has any. The scope owns them. */
  readonly lastLayer: readonly tf.Variable[];
  /** Keeps its input; the caller owns the result. */
  apply(input: tf.Tensor, context: ForwardContext): tf.Tensor;
  /** The same in layers of TensorFlow.js. */
  readonly counterpart: Counterpart;
}

/**
 * An encoder from stages of your own.
 *
 * ```ts
 * import { encoders, layers } from "polytask";
 * const small = encoders.encoder("small", [
 *   { name: "conv 1", layers: [layers.conv2d({ filters: 8, kernel: 3 }), layers.maxPool()] },
 *   { name: "dense", layers: [layers.flatten(), layers.dense({ units: 32, activation: "relu" })] },
 * ]);
 * ```
 * @throws {RangeError} When there is no stage, or two have the same name.
 */
export function encoder(name: string, stages: readonly Stage[]): Encoder {
  if (stages.length === 0) throw new RangeError(`Encoder "${name}" needs at least one stage.`);
  const names = stages.map((stage) => stage.name);
  const twice = names.find((stage, at) => names.indexOf(stage) < at);
  if (twice !== undefined) {
    throw new RangeError(`Encoder "${name}" has two stages called "${twice}"; name them apart.`);
  }
  return { name, stages };
}

/** Builds one stage for rows of `inputShape`. */
export function buildStage(
  stage: Stage,
  inputShape: readonly number[],
  scope: VariableScope,
): BuiltStage {
  const before = scope.variables.length;
  const built: BuiltLayer[] = [];
  const links: Link[] = [];
  let lastLayer: readonly tf.Variable[] = [];
  let shape = inputShape;
  stage.layers.forEach((layer, at) => {
    const place = stage.layers.length === 1 ? undefined : `${at + 1} ${layer.kind}`;
    const name = place === undefined ? stage.name : `${stage.name}/${place}`;
    const made = scope.variables.length;
    const next = layer.build(shape, scope.child(name));
    links.push({ kind: layer.kind, name: place, counterpart: next.counterpart });
    shape = next.outputShape;
    built.push(next);
    const variables = trainableOf(scope.variables.slice(made));
    if (variables.length > 0) lastLayer = variables;
  });
  const parameters = countTrainable(scope.variables.slice(before));
  return {
    name: stage.name,
    detail: stage.layers.map((layer) => layer.detail).filter(Boolean).join("; "),
    outputShape: shape,
    parameters,
    lastLayer,
    apply: (input, context) =>
      built.length === 0
        ? input.clone()
        : tf.tidy(() => built.reduce((value, layer) => layer.apply(value, context), input)),
    counterpart: chainCounterpart(links),
  };
}

/** Builds the stages of an encoder, one after the other. */
export function buildStages(
  stages: readonly Stage[],
  inputShape: readonly number[],
  scope: VariableScope,
): BuiltStage[] {
  let shape = inputShape;
  return stages.map((stage) => {
    const built = buildStage(stage, shape, scope);
    shape = built.outputShape;
    return built;
  });
}

/** An encoder as JSON. */
export function encoderConfiguration(recipe: Encoder): Record<string, unknown> {
  return {
    name: recipe.name,
    stages: recipe.stages.map(({ name, layers }) => ({
      name,
      layers: layers.map(({ kind, configuration }) => ({ kind, ...configuration })),
    })),
  };
}

interface SavedEncoder {
  readonly name: string;
  readonly stages: readonly {
    readonly name: string;
    readonly layers: readonly ({ readonly kind: string } & Record<string, unknown>)[];
  }[];
}

/** The encoder that {@linkcode encoderConfiguration} described. */
export function encoderFromConfiguration(saved: unknown): Encoder {
  const { name, stages } = saved as SavedEncoder;
  return encoder(
    name,
    stages.map((stage) => ({
      name: stage.name,
      layers: stage.layers.map(({ kind, ...settings }) => layerFromConfiguration(kind, settings)),
    })),
  );
}
