import * as tf from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import type { InputShapes } from "../architecture.ts";
import { saveGraphModel } from "./graph_model.ts";
import { numbersOf } from "./fold.ts";
import { constantsOf, type Program, runProgram } from "./program.ts";

/** A network for one task, made by `forTask`. It owns its numbers until {@linkcode dispose}. */
export class TaskNetwork<Name extends string = string> {
  /** The task that it predicts. */
  readonly task: Task<Name>;
  /** Shapes of the inputs that it reads, one row each, without the batch. */
  readonly inputShapes: InputShapes;
  readonly #program: Program;
  readonly #constants: readonly tf.Tensor[];
  #disposed = false;

  /** Keeps copies of the constants of `program`. */
  constructor(task: Task<Name>, inputShapes: InputShapes, program: Program) {
    this.task = task;
    this.inputShapes = inputShapes;
    const copies = new Map(
      constantsOf(program).map((tensor) => [tensor, tf.keep(tensor.clone())]),
    );
    this.#program = {
      operations: program.operations.map((operation) => ({
        ...operation,
        inputs: withCopies(operation.inputs, copies),
      })),
      output: withCopies({ output: program.output }, copies).output,
    };
    this.#constants = [...copies.values()];
  }

  /** Numbers that the network holds. */
  get parameters(): number {
    return numbersOf(this.#program);
  }

  /** Operations that it runs for a batch. */
  get operations(): number {
    return this.#program.operations.length;
  }

  /**
   * The raw output `[batch, ...outputShape]` of the task (logits for classes). Keeps the inputs; the
   * caller owns the output.
   * @throws {RangeError} When an input is missing or has another shape.
   */
  predict(inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
    if (this.#disposed) throw new Error("This network was disposed.");
    for (const [name, shape] of Object.entries(this.inputShapes)) {
      const tensor = inputs[name];
      if (tensor?.shape.slice(1).join() !== shape.join()) {
        throw new RangeError(
          `Input "${name}" must have the shape [batch, ${shape.join(", ")}], but ${
            tensor ? `has [${tensor.shape.join(", ")}]` : "is missing"
          }.`,
        );
      }
    }
    return tf.tidy(() => {
      const read = Object.fromEntries(
        Object.keys(this.inputShapes).map((name) => [name, inputs[name].toFloat()]),
      );
      return runProgram(this.#program, read, Object.values(read)[0].shape[0]);
    });
  }

  /**
   * Writes the network as a TensorFlow.js graph model (`model.json` and `weights.bin`), which
   * `tf.loadGraphModel` reads in a page or a server without polytask. The files appear whole or not
   * at all.
   * @throws {Error} When an operation has no counterpart in TensorFlow, or the disk refuses.
   */
  async save(folder: string): Promise<void> {
    if (this.#disposed) throw new Error("This network was disposed.");
    await saveGraphModel(folder, this.#program, this.inputShapes, this.task);
  }

  /** Releases the numbers. */
  dispose(): void {
    tf.dispose([...this.#constants]);
    this.#disposed = true;
  }
}

type Inputs = Program["operations"][number]["inputs"];

function withCopies<Given extends Inputs>(
  inputs: Given,
  copies: ReadonlyMap<tf.Tensor, tf.Tensor>,
): Given {
  const copied = (value: Program["output"]): Program["output"] =>
    value.kind === "constant" ? { kind: "constant", tensor: copies.get(value.tensor)! } : value;
  const entries = Object.entries<Program["output"]>(inputs).map(([name, value]) =>
    [name, copied(value)] as const
  );
  return (Array.isArray(inputs)
    ? entries.map(([, value]) => value)
    : Object.fromEntries(entries)) as unknown as Given;
}
