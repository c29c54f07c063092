import type { InputShapes } from "../architecture.ts";
import type { MadeConstants } from "./made_constants.ts";
import type { Operation, Program, Shape } from "./program.ts";
import { countReaders, countReads, nameOf, prune, shapeOf } from "./rewrite.ts";
import type { Value } from "./trace.ts";

/** A value that is another one, `[rows, inputs]`, times a matrix `[inputs, columns]`. */
interface Linear {
  readonly base: Value;
  readonly inputs: number;
  /** Computes the matrix, column by column. */
  readonly columns: () => readonly Float64Array[];
  /** Numbers of the kernels that led to it. */
  readonly numbers: number;
}

/** Beyond, matrices would take more memory than they save. */
const MOST_INPUTS = 1024;

/**
 * A program in which products with constants that follow one another, also through parts of a row laid
 * side by side, are one where that takes not more numbers: vectors of categories become rows of the
 * first layer.
 */
export async function mergeProducts(
  program: Program,
  inputShapes: InputShapes,
  made: MadeConstants,
): Promise<Program> {
  const operations = [...program.operations];
  const readers = countReaders(program);
  const reads = countReads(operations);
  const linear = new Map<number, Linear>();
  for (const [at, operation] of operations.entries()) {
    const { kernel, shapes: [shape] } = operation;
    if (kernel === "Slice") part(at, operation);
    else if (kernel === "Concat") joined(at, operation);
    else if (kernel === "BatchMatMul" && shape?.length === 2) await product(at, operation);
  }
  return prune({ operations, output: program.output });

  function part(at: number, { inputs, attributes, shapes: [shape] }: Operation): void {
    const [x] = Object.values<Value>(inputs);
    const from = linearOf(x);
    const begin = attributes.begin as readonly unknown[];
    const whole = shapeOf(x, operations, inputShapes);
    if (!from || !shape || JSON.stringify(shape[0]) !== JSON.stringify(whole?.[0])) return;
    const [start, size] = [Number(begin[1]), Number(shape[1])];
    linear.set(at, { ...from, columns: () => from.columns().slice(start, start + size) });
  }

  function joined(at: number, { inputs, attributes }: Operation): void {
    if (![1, -1].includes(attributes.axis as number)) return;
    const parts = Object.values<Value>(inputs).map(linearOf);
    const [first] = parts;
    if (!first || !parts.every((each) => each && isSame(each.base, first.base))) return;
    linear.set(at, {
      ...first,
      columns: () => parts.flatMap((each) => each!.columns()),
      numbers: parts.reduce((sum, each) => sum + each!.numbers, 0),
    });
  }

  async function product(at: number, operation: Operation): Promise<void> {
    const { a, b } = operation.inputs as Readonly<Record<string, Value>>;
    const { transposeA, transposeB } = operation.attributes;
    if (b.kind !== "constant" || b.tensor.rank !== 2 || transposeA || transposeB) return;
    const from = linearOf(a);
    if (!from) return;
    const { inputs } = from;
    const [, outputs] = b.tensor.shape as [number, number];
    const kernel = await b.tensor.data<"float32">();
    const columns = () => productOf(from.columns(), columnsIn(kernel, outputs), inputs);
    // Others may still read the kernel.
    const numbers = from.numbers + (reads.get(b.tensor) === 1 ? b.tensor.size : 0);
    if (a === from.base) {
      linear.set(at, { ...from, columns: () => columnsIn(kernel, outputs), numbers });
    } else if (inputs * outputs > numbers) linear.set(at, { ...from, columns, numbers });
    else {
      const merged = rowsOf(columns());
      const tensor = made.make(merged, [inputs, outputs]);
      operations[at] = {
        ...operation,
        inputs: { a: from.base, b: { kind: "constant", tensor } },
      };
      linear.set(at, {
        ...from,
        columns: () => columnsIn(merged, outputs),
        numbers: merged.length,
      });
    }
  }

  /** What a value is, where only one operation reads what was computed for it; else it is its own base. */
  function linearOf(value: Value): Linear | undefined {
    if (value.kind === "result" && readers.get(nameOf(value)) === 1) {
      const known = linear.get(value.operation);
      if (known) return known;
    }
    const inputs = columnsOf(shapeOf(value, program.operations, inputShapes));
    if (value.kind === "constant" || inputs === undefined) return undefined;
    return { base: value, inputs, columns: () => identity(inputs), numbers: 0 };
  }
}

/** Columns of `[rows, columns]`, where they are not too many. */
function columnsOf(shape: Shape | undefined): number | undefined {
  const columns = shape?.length === 2 ? shape[1] : undefined;
  return typeof columns === "number" && columns <= MOST_INPUTS ? columns : undefined;
}

function identity(size: number): Float64Array[] {
  return Array.from({ length: size }, (_, at) => {
    const column = new Float64Array(size);
    column[at] = 1;
    return column;
  });
}

/** Columns of a matrix whose rows follow one another. */
function columnsIn(numbers: Float32Array, count: number): Float64Array[] {
  return Array.from(
    { length: count },
    (_, column) =>
      Float64Array.from(
        { length: numbers.length / count },
        (_, row) => numbers[row * count + column],
      ),
  );
}

/** Rows that follow one another, of a matrix given as columns. */
function rowsOf(columns: readonly Float64Array[]): Float32Array {
  const count = columns.length;
  return Float32Array.from(
    { length: count * columns[0].length },
    (_, index) => columns[index % count][Math.floor(index / count)],
  );
}

/** Columns of a product of two matrices, given as columns; the first has so many rows. */
function productOf(
  first: readonly Float64Array[],
  second: readonly Float64Array[],
  rows: number,
): Float64Array[] {
  return second.map((weights) => {
    const sum = new Float64Array(rows);
    weights.forEach((weight, at) =>
      first[at].forEach((number, row) => sum[row] += weight * number)
    );
    return sum;
  });
}

/** Whether two values, neither constant, are the same. */
const isSame = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other);
