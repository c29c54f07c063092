import * as tf from "@tensorflow/tfjs";

/** A value in a recording: by the operation that gave it, by input name, or a constant. */
export type Value =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "result"; readonly operation: number; readonly output: number }
  | { readonly kind: "constant"; readonly tensor: tf.Tensor };

/** One kernel that ran. */
export interface RecordedOperation {
  readonly kernel: string;
  /** By name, or, for kernels that take a list, in order. */
  readonly inputs: Readonly<Record<string, Value>> | readonly Value[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Copies of what came out, owned by the recording, where it depends on constants alone. */
  readonly constants?: readonly tf.Tensor[];
  readonly shapes: readonly (readonly number[])[];
}

/** The kernels of one pass in the order in which they ran. */
export interface Recording {
  readonly operations: readonly RecordedOperation[];
  readonly output: Value;
}

/** Tensors that a kernel reads: by name, or, for kernels that take a list, in order. */
export type KernelInputs = Readonly<Record<string, tf.Tensor>> | readonly tf.Tensor[];

/** Is told what a kernel read, its settings, and what it gave. */
export type KernelWatcher = (
  name: string,
  inputs: KernelInputs,
  attributes: Readonly<Record<string, unknown>>,
  results: readonly tf.Tensor[],
) => void;

type Kernel = (
  name: string,
  inputs: KernelInputs,
  attributes?: Readonly<Record<string, unknown>>,
) => tf.Tensor | tf.Tensor[];

/** The part of the engine through which every operation goes. */
type Engine = { runKernel: Kernel };

/**
 * Records the kernels of `run`. Constants are copies that share their numbers with the variables as
 * they are now; the caller owns all that {@linkcode tensorsOf} lists.
 *
 * @param inputs By name; what does not come from them is constant.
 */
export function recordKernels(
  inputs: Readonly<Record<string, tf.Tensor>>,
  run: () => tf.Tensor,
): Recording {
  const recorder = new Recorder(inputs);
  try {
    let output: Value | undefined;
    watchKernels(recorder.add.bind(recorder), () =>
      tf.tidy(() => {
        output = recorder.valueOf(run());
      }));
    return { operations: recorder.operations, output: output! };
  } catch (error) {
    tf.dispose(recorder.kept);
    throw error;
  }
}

/** Tells `see` of every kernel that runs during `run`. */
export function watchKernels<Result>(see: KernelWatcher, run: () => Result): Result {
  const engine = tf.engine() as unknown as Engine;
  const original = engine.runKernel;
  engine.runKernel = (name, given, attributes) => {
    const result = original.call(engine, name, given, attributes);
    see(name, given, attributes ?? {}, [result].flat());
    return result;
  };
  try {
    return run();
  } finally {
    // The method of the class shows again.
    delete (engine as Partial<Engine>).runKernel;
  }
}

/**
 * Runs on a backend that has TensorFlow.js's own kernels alone: those of the wasm backend that fuse
 * several steps would be unknown elsewhere.
 */
export async function withPlainKernels<Result>(run: () => Result): Promise<Result> {
  const backend = tf.getBackend();
  if (backend !== "wasm") return run();
  await tf.setBackend("cpu");
  try {
    return run();
  } finally {
    await tf.setBackend(backend);
  }
}

/** All tensors that a recording owns. */
export function tensorsOf({ operations, output }: Recording): tf.Tensor[] {
  const values = [...operations.flatMap(({ inputs }) => Object.values<Value>(inputs)), output];
  return [
    ...new Set([
      ...values.flatMap((value) => value.kind === "constant" ? [value.tensor] : []),
      ...operations.flatMap(({ constants = [] }) => constants),
    ]),
  ];
}

class Recorder {
  readonly operations: RecordedOperation[] = [];
  /** Copies made so far. */
  readonly kept: tf.Tensor[] = [];
  readonly #values = new Map<number, Value>();
  /** Tensors that do not depend on the inputs. */
  readonly #constant = new Set<number>();
  #paused = false;

  constructor(inputs: Readonly<Record<string, tf.Tensor>>) {
    for (const [name, { id }] of Object.entries(inputs)) {
      this.#values.set(id, { kind: "input", name });
    }
  }

  valueOf(tensor: tf.Tensor): Value {
    const known = this.#values.get(tensor.id);
    if (known) return known;
    const value: Value = { kind: "constant", tensor: this.#keep(tensor) };
    this.#values.set(tensor.id, value);
    this.#constant.add(tensor.id);
    return value;
  }

  add(
    kernel: string,
    given: Readonly<Record<string, tf.Tensor>> | readonly tf.Tensor[],
    attributes: Readonly<Record<string, unknown>>,
    results: readonly tf.Tensor[],
  ): void {
    if (this.#paused) return;
    const tensors = Object.entries<tf.Tensor>(given).filter(([, tensor]) => tensor);
    const values = tensors.map(([name, tensor]) => [name, this.valueOf(tensor)] as const);
    const constant = tensors.every(([, { id }]) => this.#constant.has(id));
    if (kernel === "Cast" && tensors[0][1].dtype === attributes.dtype) {
      this.#values.set(results[0].id, values[0][1]);
      if (constant) this.#constant.add(results[0].id);
      return;
    }
    const operation = this.operations.length;
    results.forEach(({ id }, output) => {
      this.#values.set(id, { kind: "result", operation, output });
      if (constant) this.#constant.add(id);
    });
    this.operations.push({
      kernel,
      inputs: Array.isArray(given) ? values.map(([, value]) => value) : Object.fromEntries(values),
      attributes,
      shapes: results.map(({ shape }) => shape),
      ...constant && { constants: results.map((result) => this.#keep(result)) },
    });
  }

  #keep(tensor: tf.Tensor): tf.Tensor {
    this.#paused = true;
    try {
      const copy = tf.keep(tensor.clone());
      this.kept.push(copy);
      return copy;
    } finally {
      this.#paused = false;
    }
  }
}
