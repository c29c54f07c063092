import * as tf from "@tensorflow/tfjs";
import type { VariableScope } from "../variable_scope.ts";
import { chainCounterpart } from "./counterpart.ts";
import type { BuiltLayer, Layer } from "./layer.ts";

/** Settings and kind of a layer as JSON. */
export type SavedLayer = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Makes a layer from what {@linkcode savedLayers} gave. */
export type LayerMaker = (saved: SavedLayer) => Layer;

/** Layers inside a layer, as JSON. */
export function savedLayers(layers: readonly Layer[]): SavedLayer[] {
  return layers.map(({ kind, configuration }) => ({ kind, ...configuration }));
}

/** Builds layers one after the other, each in a part of the scope named after its place. */
export function buildSequence(
  layers: readonly Layer[],
  inputShape: readonly number[],
  scope: VariableScope,
): BuiltLayer & Required<Pick<BuiltLayer, "counterpart">> {
  let shape = inputShape;
  const built = layers.map((layer, at) => {
    const name = `${at + 1} ${layer.kind}`;
    const next = layer.build(shape, scope.child(name));
    shape = next.outputShape;
    return { ...next, kind: layer.kind, name };
  });
  return {
    outputShape: shape,
    apply: (input, context) =>
      built.length === 0
        ? input.clone()
        : tf.tidy(() => built.reduce((value, layer) => layer.apply(value, context), input)),
    counterpart: chainCounterpart(built),
  };
}

/** What a diagram says about layers inside a layer. */
export function sequenceDetail(layers: readonly Layer[]): string {
  return layers.map(({ detail }) => detail).filter(Boolean).join("; ");
}
