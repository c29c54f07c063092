import type * as tf from "@tensorflow/tfjs";
import type { LayersScope, WeightSource } from "../layers/counterpart.ts";

/** A layer, where its weights come from, and how often it is used. */
export interface PlacedLayer {
  readonly layer: tf.layers.Layer;
  readonly weights: readonly WeightSource[];
  uses: number;
}

/** What all scopes of one model have in common. */
interface Registry {
  readonly names: Set<string>;
  readonly layers: PlacedLayer[];
}

/** Keeps the layers of one model, their names apart from each other. */
export class LayerRegistry implements LayersScope {
  readonly #registry: Registry;
  readonly #path: string;

  /** Made without arguments; those are for parts of a scope. */
  constructor(registry: Registry = { names: new Set(), layers: [] }, path = "") {
    this.#registry = registry;
    this.#path = path;
  }

  /** All layers made so far. */
  get layers(): readonly PlacedLayer[] {
    return this.#registry.layers;
  }

  /** A name for a layer: of the characters that TensorFlow.js allows, and no other layer's. */
  claim(wanted: string): string {
    const { names } = this.#registry;
    const plain = wanted.replace(/[^A-Za-z0-9._/-]/g, "_").replace(/^[^A-Za-z0-9]/, "x$&");
    let name = plain;
    for (let copy = 1; names.has(name); copy++) name = `${plain}_${copy}`;
    names.add(name);
    return name;
  }

  apply(
    make: (name: string) => tf.layers.Layer,
    input: tf.SymbolicTensor | tf.SymbolicTensor[],
    weights: readonly WeightSource[] = [],
  ): tf.SymbolicTensor {
    const placed = this.#sameWeights(weights) ?? this.#place(make, weights);
    const value = placed.layer.apply(input) as tf.SymbolicTensor;
    placed.uses++;
    return value;
  }

  child(name: string): LayerRegistry {
    return new LayerRegistry(this.#registry, this.#path === "" ? name : `${this.#path}/${name}`);
  }

  #place(
    make: (name: string) => tf.layers.Layer,
    weights: readonly WeightSource[],
  ): PlacedLayer {
    const layer = make(this.claim(this.#path));
    // The first values are replaced.
    layer.setFastWeightInitDuringBuild(true);
    const placed = { layer, weights, uses: 0 };
    this.#registry.layers.push(placed);
    return placed;
  }

  #sameWeights(weights: readonly WeightSource[]): PlacedLayer | undefined {
    if (weights.length === 0) return undefined;
    const wanted = weights.map(sourceOf);
    return this.layers.find((placed) =>
      placed.weights.length === wanted.length && placed.weights.every((weight, at) => {
        const { variable, rows } = sourceOf(weight);
        return variable === wanted[at].variable && `${rows}` === `${wanted[at].rows}`;
      })
    );
  }
}

/** A variable and the rows of it: all where none are named. */
export function sourceOf(
  source: WeightSource,
): { readonly variable: tf.Variable; readonly rows: readonly [number, number] } {
  if ("rows" in source) return source;
  return { variable: source, rows: [0, source.shape[0]] };
}
