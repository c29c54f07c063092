import type { TensorInfo } from "@tensorflow/tfjs";
import { callKernel, register, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Einsum of one or two operands, as one stack of matrix products. */
export function registerEinsum(runtime: Runtime): void {
  register<string, { equation: string }>("Einsum", (inputs, { equation }) => {
    const [left, result] = equation.replaceAll(" ", "").split("->");
    const labels = left.split(",");
    const operands = labels.map((_, position) => inputs[position]);
    if (labels.some((own) => new Set(own).size < own.length)) {
      throw new Error(`einsum: an index appears twice in one operand of "${equation}".`);
    }
    if (labels.length > 2) throw new Error("einsum takes one or two operands.");
    return new Einsum(runtime, labels, operands, result).run();
  });
}

/** One tensor with a letter for each axis. */
interface Labelled {
  readonly tensor: TensorInfo;
  readonly labels: string;
}

class Einsum {
  /** Made along the way, given back at the end. */
  readonly #made: TensorInfo[] = [];

  constructor(
    readonly runtime: Runtime,
    readonly labels: readonly string[],
    readonly operands: readonly TensorInfo[],
    readonly result: string,
  ) {}

  run(): TensorInfo {
    const [a, b] = this.labels.map((own, position) => {
      const elsewhere = this.result + (this.labels[1 - position] ?? "");
      return this.#sumOut({ tensor: this.operands[position], labels: own }, elsewhere);
    });
    const { tensor, labels } = b ? this.#product(a, b) : a;
    const answer = this.#transpose(tensor, labels, this.result);
    // The answer may be one of the operands or of the tensors made: hand out an owner of its own.
    const output = this.runtime.alias(answer, answer.shape);
    for (const made of this.#made) this.runtime.release(made);
    return output;
  }

  /** Sums over the axes whose letter appears nowhere else. */
  #sumOut({ tensor, labels }: Labelled, elsewhere: string): Labelled {
    const axes = [...labels].flatMap((label, axis) => elsewhere.includes(label) ? [] : [axis]);
    if (axes.length === 0) return { tensor, labels };
    const kept = [...labels].filter((label) => elsewhere.includes(label)).join("");
    const order = kept + axes.map((axis) => labels[axis]).join("");
    const last = this.#transpose(tensor, labels, order);
    const rows = size(last.shape.slice(0, kept.length));
    const flat = this.#keep(this.runtime.alias(last, [rows, size(last.shape.slice(kept.length))]));
    const sum = this.#keep(callKernel("Sum", { x: flat }, { axis: [1], keepDims: false }));
    return { tensor: this.#reshape(sum, last.shape.slice(0, kept.length)), labels: kept };
  }

  /** Letters of both and of the result become the stack, letters of both alone are summed over. */
  #product(a: Labelled, b: Labelled): Labelled {
    const shared = [...a.labels].filter((label) => b.labels.includes(label));
    const stack = shared.filter((label) => this.result.includes(label)).join("");
    const depth = shared.filter((label) => !this.result.includes(label)).join("");
    const rows = [...a.labels].filter((label) => !shared.includes(label)).join("");
    const columns = [...b.labels].filter((label) => !shared.includes(label)).join("");
    const left = this.#transpose(a.tensor, a.labels, stack + rows + depth);
    const right = this.#transpose(b.tensor, b.labels, stack + depth + columns);
    const count = stack.length;
    const stackShape = left.shape.slice(0, count);
    const rowShape = left.shape.slice(count, count + rows.length);
    const columnShape = right.shape.slice(count + depth.length);
    const inner = size(right.shape.slice(count, count + depth.length));
    const product = this.#keep(callKernel("BatchMatMul", {
      a: this.#reshape(left, [size(stackShape), size(rowShape), inner]),
      b: this.#reshape(right, [size(stackShape), inner, size(columnShape)]),
    }, { transposeA: false, transposeB: false }));
    return {
      tensor: this.#reshape(product, [...stackShape, ...rowShape, ...columnShape]),
      labels: stack + rows + columns,
    };
  }

  #transpose(tensor: TensorInfo, from: string, to: string): TensorInfo {
    if (from === to) return tensor;
    const perm = [...to].map((label) => from.indexOf(label));
    return this.#keep(callKernel("Transpose", { x: tensor }, { perm }));
  }

  #reshape(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
    return this.#keep(this.runtime.alias(tensor, shape));
  }

  #keep(tensor: TensorInfo): TensorInfo {
    this.#made.push(tensor);
    return tensor;
  }
}
