import type * as tf from "@tensorflow/tfjs";

/** A variable, or a run of its rows (first axis), whose numbers a layer of TensorFlow.js has. */
export type WeightSource = tf.Variable | {
  readonly variable: tf.Variable;
  /** The first row, and the one behind the last. */
  readonly rows: readonly [number, number];
};

/** Where counterparts put their layers. */
export interface LayersScope {
  /**
   * The value of the layer that `make` gives, which must carry the name it is handed. `weights` are
   * those of the layer in its own order, each of as many numbers in the same order. A layer with the
   * same weights is used again.
   */
  apply(
    make: (name: string) => tf.layers.Layer,
    input: tf.SymbolicTensor | tf.SymbolicTensor[],
    weights?: readonly WeightSource[],
  ): tf.SymbolicTensor;
  /** A part of this scope; its layers have names below this one's. */
  child(name: string): LayersScope;
}

/**
 * Computes with layers of TensorFlow.js what a layer computes when it is not trained.
 * @throws {Error} When there are none that do; says why.
 */
export type Counterpart = (input: tf.SymbolicTensor, scope: LayersScope) => tf.SymbolicTensor;

/** Why something does not map to layers of TensorFlow.js; a clause that follows "as". */
export class NoCounterpart extends RangeError {}

/** For what has no counterpart for a reason worth a clause. */
export function noCounterpart(reason: string): Counterpart {
  return () => {
    throw new NoCounterpart(reason);
  };
}

/** A layer in a chain, and the name that its counterpart goes by, below that of the chain. */
export interface Link {
  readonly kind: string;
  readonly name?: string;
  readonly counterpart?: Counterpart;
}

/** The counterparts of layers one after the other. */
export function chainCounterpart(links: readonly Link[]): Counterpart {
  return (input, scope) =>
    links.reduce((value, { kind, name, counterpart }) => {
      if (!counterpart) throw new NoCounterpart(`there is no layer like ${kind}`);
      return counterpart(value, name === undefined ? scope : scope.child(name));
    }, input);
}
