import * as tf from "@tensorflow/tfjs";
import { Random } from "../math/random.ts";

/** How the first values of a variable are drawn. */
export type Initializer =
  | { readonly kind: "zeros" }
  | { readonly kind: "ones" }
  /** Uniform in ±sqrt(6 / fanIn), for layers before a ReLU (He et al. 2015). */
  | { readonly kind: "he"; readonly fanIn: number }
  /** Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
  | { readonly kind: "glorot"; readonly fanIn: number; readonly fanOut: number }
  /** Uniform in ±limit. */
  | { readonly kind: "uniform"; readonly limit: number }
  | { readonly kind: "values"; readonly values: ArrayLike<number> };

/** A variable and the name it has inside its model. */
export interface NamedVariable {
  /** Prefix of the scope, "/", and the name given; unique in the model. */
  readonly name: string;
  /** What training does not change by gradients (moving averages) has `trainable` false. */
  readonly variable: tf.Variable;
  /** Factor on the learning rate for this variable; 1 where there is none. */
  readonly learningRateFactor?: number;
}

/** How a variable is trained. */
export interface VariableOptions {
  /** Factor on the learning rate, above 0: stitches learn faster than layers. Default 1. */
  readonly learningRateFactor?: number;
}

/** Trainable numbers among variables. */
export function countTrainable(variables: readonly NamedVariable[]): number {
  return variables.reduce((sum, { variable }) => variable.trainable ? sum + variable.size : sum, 0);
}

/** The variables that training changes by gradients. */
export function trainableOf(variables: readonly NamedVariable[]): tf.Variable[] {
  return variables.map(({ variable }) => variable).filter(({ trainable }) => trainable);
}

/**
 * Makes and keeps the variables of one part of a model. First values depend on the seed and on the
 * name of the variable alone, so that the same model starts the same on every backend.
 */
export class VariableScope {
  readonly #prefix: string;
  readonly #seed: number | string;
  readonly #variables: NamedVariable[];

  /**
   * A scope whose variables have names that start with `prefix`. Their first values follow from
   * `seed` and name; they are added to `variables`, default a new list.
   */
  constructor(prefix: string, seed: number | string, variables: NamedVariable[] = []) {
    this.#prefix = prefix;
    this.#seed = seed;
    this.#variables = variables;
  }

  /** A part of this scope; its variables are also in this scope's list. */
  child(name: string): VariableScope {
    return new VariableScope(`${this.#prefix}/${name}`, this.#seed, this.#variables);
  }

  /**
   * A scope with another prefix for names whose variables are in this scope's list: as first values
   * follow from names, they are those of a variable of that name anywhere.
   */
  alias(prefix: string): VariableScope {
    return new VariableScope(prefix, this.#seed, this.#variables);
  }

  /** A new trainable float32 variable, owned by the scope. */
  variable(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    options: VariableOptions = {},
  ): tf.Variable {
    return this.#make(name, shape, initializer, true, options);
  }

  /**
   * Numbers that are saved with the model but not trained by gradients, such as moving averages;
   * owned by the scope.
   */
  state(name: string, shape: readonly number[], initializer: Initializer): tf.Variable {
    return this.#make(name, shape, initializer, false, {});
  }

  #make(
    name: string,
    shape: readonly number[],
    initializer: Initializer,
    trainable: boolean,
    { learningRateFactor }: VariableOptions,
  ): tf.Variable {
    const fullName = `${this.#prefix}/${name}`;
    if (this.#variables.some((entry) => entry.name === fullName)) {
      throw new Error(`The model has two variables called "${fullName}"; name its parts apart.`);
    }
    const values = draw(initializer, shape, Random.stream(this.#seed, fullName));
    const tensor = tf.tensor(values, [...shape], "float32");
    const variable = tf.variable(tensor, trainable);
    tensor.dispose();
    this.#variables.push({
      name: fullName,
      variable,
      ...learningRateFactor !== undefined && { learningRateFactor },
    });
    return variable;
  }

  /** All variables made in this scope and its children, in the order they were made. */
  get variables(): readonly NamedVariable[] {
    return this.#variables;
  }
}

function draw(initializer: Initializer, shape: readonly number[], random: Random): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  const uniform = (limit: number) => values.map(() => (2 * random.uniform() - 1) * limit);
  switch (initializer.kind) {
    case "zeros":
      return values;
    case "ones":
      return values.fill(1);
    case "values":
      values.set(initializer.values);
      return values;
    case "he":
      return uniform(Math.sqrt(6 / initializer.fanIn));
    case "glorot":
      return uniform(Math.sqrt(6 / (initializer.fanIn + initializer.fanOut)));
    case "uniform":
      return uniform(initializer.limit);
  }
}
