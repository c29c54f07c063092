import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { DataType } from "@tensorflow/tfjs";
import type { Task } from "../../tasks/mod.ts";
import { writeFileWhole } from "../_write_file.ts";
import type { InputShapes } from "../architecture.ts";
import { type Argument, counterparts, type GraphNodeJson, typeName } from "./graph_nodes.ts";
import { isPerRow, type Operation, type Program } from "./program.ts";
import type { Value } from "./trace.ts";

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly bytes: Uint8Array;
}

/** Writes a program as a TensorFlow.js graph model: `weights.bin` first, then `model.json`. */
export async function saveGraphModel(
  folder: string,
  program: Program,
  inputShapes: InputShapes,
  task: Task,
): Promise<void> {
  const graph = new GraphWriter(inputShapes);
  for (const operation of program.operations) graph.add(operation);
  const output = graph.output(program.output, task.name);
  const weights = await graph.weights();
  const model = {
    format: "graph-model",
    generatedBy: "polytask",
    convertedBy: null,
    userDefinedMetadata: { task: task.configuration },
    signature: {
      inputs: Object.fromEntries(
        Object.entries(inputShapes).map(([name, shape]) => [
          name,
          tensorInfo(`${inputName(name)}:0`, [-1, ...shape]),
        ]),
      ),
      outputs: { [task.name]: tensorInfo(`${output}:0`, [-1, ...task.outputShape]) },
    },
    modelTopology: { node: graph.nodes, versions: { producer: 1 }, library: {} },
    weightsManifest: [{
      paths: ["weights.bin"],
      weights: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    }],
  };
  await writeFileWhole(
    join(folder, "weights.bin"),
    Buffer.concat(weights.map(({ bytes }) => bytes)),
  );
  await writeFileWhole(join(folder, "model.json"), JSON.stringify(model));
}

const tensorInfo = (name: string, shape: readonly number[]) => ({
  name,
  dtype: "DT_FLOAT",
  tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
});

/** Names of nodes are made of few characters. */
const plain = (name: string) => name.replace(/[^A-Za-z0-9_.-]/g, "_");
const inputName = (name: string) => `input_${plain(name)}`;

class GraphWriter {
  readonly nodes: GraphNodeJson[] = [];
  readonly #weights: (() => Promise<Weight>)[] = [];
  readonly #constants = new Map<unknown, string>();
  #operations = 0;
  readonly #input: string;
  #rows: string | undefined;

  constructor(inputShapes: InputShapes) {
    for (const [name, shape] of Object.entries(inputShapes)) {
      this.#node(inputName(name), "Placeholder", [], {
        dtype: { type: "DT_FLOAT" },
        shape: { shape: { dim: [-1, ...shape].map((size) => ({ size: String(size) })) } },
      });
    }
    this.#input = this.nodes[0].name;
  }

  add({ kernel, inputs, attributes }: Operation): void {
    const make = counterparts[kernel];
    if (!make) throw new Error(`The operation ${kernel} cannot be exported to TensorFlow.`);
    const counterpart = make(attributes);
    const name = `operation_${this.#operations++}`;
    const given = counterpart.inputs === "list"
      ? Object.values<Value>(inputs)
      : counterpart.inputs.map((each) => (inputs as Readonly<Record<string, Value>>)[each]);
    const tensors = given.map((value) => this.#reference(value));
    const extra = (counterpart.arguments ?? []).map((argument, at) =>
      this.#argument(`${name}_argument_${at}`, argument)
    );
    this.#node(
      name,
      counterpart.op,
      counterpart.argumentsFirst ? [...extra, ...tensors] : [...tensors, ...extra],
      {
        T: { type: "DT_FLOAT" },
        ...counterpart.inputs === "list" && { N: { i: String(tensors.length) } },
        ...counterpart.attributes,
      },
    );
  }

  /** Names the output after the task. */
  output(value: Value, task: string): string {
    const name = `output_${plain(task)}`;
    this.#node(name, "Identity", [this.#reference(value)], { T: { type: "DT_FLOAT" } });
    return name;
  }

  async weights(): Promise<Weight[]> {
    return await Promise.all(this.#weights.map((read) => read()));
  }

  #node(name: string, op: string, input: readonly string[], attr: Record<string, unknown>): void {
    this.nodes.push({ name, op, ...input.length > 0 && { input }, attr });
  }

  #reference(value: Value): string {
    switch (value.kind) {
      case "input":
        return inputName(value.name);
      case "result": {
        const name = `operation_${value.operation}`;
        return value.output === 0 ? name : `${name}:${value.output}`;
      }
      case "constant": {
        const { tensor } = value;
        const known = this.#constants.get(tensor);
        if (known) return known;
        const name = `constant_${this.#constants.size}`;
        this.#constants.set(tensor, name);
        this.#constant(name, tensor.shape, tensor.dtype, async () => {
          const values = await tensor.data();
          return tensor.dtype === "bool"
            ? Uint8Array.from(values as Uint8Array)
            : bytesOf(values as Float32Array);
        });
        return name;
      }
    }
  }

  #argument(name: string, { value, dtype, perRow }: Argument): string {
    const numbers = [value].flat(2);
    const counted = numbers.filter(isPerRow).length;
    // One number of a shape may be left to be found, as -1.
    const rest = perRow === "rest" && counted === 1 && !numbers.includes(-1);
    if (counted > 0 && !rest) return this.#counted(name, numbers);
    const values = numbers.map((each) => isPerRow(each) ? -1 : Number(each));
    const shape = !Array.isArray(value)
      ? []
      : Array.isArray(value[0])
      ? [value.length, value[0].length]
      : [value.length];
    const array = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
    this.#constant(name, shape, dtype, () => Promise.resolve(bytesOf(array)));
    return name;
  }

  /** A list of whole numbers of which some are so many times the rows of the batch. */
  #counted(name: string, numbers: readonly unknown[]): string {
    const parts = numbers.map((number, at) => {
      const part = `${name}_${at}`;
      if (!isPerRow(number)) return this.#argument(part, { value: number, dtype: "int32" });
      if (number.perRow === 1) return this.#rowCount();
      const factor = this.#argument(`${part}_factor`, { value: number.perRow, dtype: "int32" });
      this.#node(part, "Mul", [this.#rowCount(), factor], { T: { type: "DT_INT32" } });
      return part;
    });
    this.#node(name, "Pack", parts, {
      T: { type: "DT_INT32" },
      N: { i: String(parts.length) },
      axis: { i: "0" },
    });
    return name;
  }

  /** The number of rows of the batch. */
  #rowCount(): string {
    if (this.#rows) return this.#rows;
    this.#node("rows_shape", "Shape", [this.#input], { out_type: { type: "DT_INT32" } });
    const first = this.#argument("rows_first", { value: [0], dtype: "int32" });
    const last = this.#argument("rows_last", { value: [1], dtype: "int32" });
    const step = this.#argument("rows_step", { value: [1], dtype: "int32" });
    this.#node("rows", "StridedSlice", ["rows_shape", first, last, step], {
      T: { type: "DT_INT32" },
      begin_mask: { i: "0" },
      end_mask: { i: "0" },
      ellipsis_mask: { i: "0" },
      new_axis_mask: { i: "0" },
      shrink_axis_mask: { i: "1" },
    });
    return this.#rows = "rows";
  }

  #constant(
    name: string,
    shape: readonly number[],
    dtype: DataType,
    read: () => Promise<Uint8Array>,
  ): void {
    this.#node(name, "Const", [], {
      dtype: { type: typeName(dtype) },
      value: {
        tensor: {
          dtype: typeName(dtype),
          tensorShape: { dim: shape.map((size) => ({ size: String(size) })) },
        },
      },
    });
    this.#weights.push(async () => ({ name, shape, dtype, bytes: await read() }));
  }
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
}
