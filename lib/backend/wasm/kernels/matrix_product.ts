import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { broadcastOffset } from "../_broadcast.ts";
import { register, requireFloat32, size } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { type Activation, finish } from "./_activation.ts";

interface Transposes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

interface FusedAttributes extends Transposes {
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
}

/** A multiple of the height of a tile and of the columns of both panels. */
const TILE = 24;
/** Multiplications of a matrix below which threads share out a stack, not its matrices. */
const SMALL = 2_000_000;

/** BatchMatMul and _FusedMatMul: any transposes, batches and broadcasts. */
export function registerMatrixProduct(runtime: Runtime): void {
  register<"a" | "b", Transposes>("BatchMatMul", ({ a, b }, attributes) => {
    return matrixProduct(runtime, a, b, attributes);
  });
  register<"a" | "b" | "bias" | "preluActivationWeights", FusedAttributes>(
    "_FusedMatMul",
    (inputs, attributes) => {
      const product = matrixProduct(runtime, inputs.a, inputs.b, attributes);
      return finish(runtime, product, { ...attributes, ...inputs });
    },
  );
}

/** op(a) op(b) for stacks of matrices whose leading axes broadcast. */
function matrixProduct(
  runtime: Runtime,
  a: TensorInfo,
  b: TensorInfo,
  { transposeA, transposeB }: Transposes,
): TensorInfo {
  requireFloat32("matMul", a, b);
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bDepth, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (depth !== bDepth) {
    throw new Error(
      `matMul: the inner sizes ${depth} and ${bDepth} differ, for shapes [${a.shape}] and ` +
        `[${b.shape}], transposeA ${transposeA}, transposeB ${transposeB}.`,
    );
  }
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const product = runtime.output([...batch, rows, columns]);
  if (size(product.shape) === 0) return product;
  if (depth === 0) {
    runtime.values(product).fill(0);
    return product;
  }
  const left = { pointer: runtime.pointer(a), stride: aColumns, transpose: transposeA };
  const right = { pointer: runtime.pointer(b), stride: bColumns, transpose: transposeB };
  const to = runtime.pointer(product);
  const count = size(batch);
  if (size(bBatch) === 1 && size(aBatch) === count && !transposeA) {
    // One right operand for all: the stack on the left is one tall matrix.
    gemm(runtime, left, right, to, rows * count, columns, depth);
    return product;
  }
  const aStep = stackStep(aBatch, count, rows * depth);
  const bStep = stackStep(bBatch, count, columns * depth);
  const small = rows * columns * depth < SMALL || count >= 8 * runtime.threads;
  if (aStep !== undefined && bStep !== undefined && count > 1 && small) {
    const plan = runtime.plan({ items: count, work: count * rows * columns * depth });
    const scratch = runtime.threadScratch(runtime.functions.gemmScratch(columns));
    runtime.run("gemmStack", plan, (part) => [
      left.pointer,
      left.stride,
      Number(left.transpose),
      aStep,
      right.pointer,
      right.stride,
      Number(right.transpose),
      bStep,
      to,
      rows,
      columns,
      depth,
      part.begin(),
      part.end(),
      part.own(scratch.pointer, scratch.bytes),
    ]);
    return product;
  }
  const aOffset = broadcastOffset(aBatch, batch);
  const bOffset = broadcastOffset(bBatch, batch);
  for (let index = 0; index < count; index++) {
    gemm(
      runtime,
      { ...left, pointer: left.pointer + 4 * aOffset(index) * rows * depth },
      { ...right, pointer: right.pointer + 4 * bOffset(index) * columns * depth },
      to + 4 * index * rows * columns,
      rows,
      columns,
      depth,
    );
  }
  return product;
}

/** Values from matrix to matrix in a stack: all in a row or one for all; undefined if neither. */
function stackStep(own: readonly number[], count: number, matrix: number): number | undefined {
  if (size(own) === count) return matrix;
  return size(own) === 1 ? 0 : undefined;
}

/** One operand of a product: where it lies, and how far apart its stored rows are. */
export interface Operand {
  readonly pointer: number;
  readonly stride: number;
  readonly transpose: boolean;
}

/** to[rows, columns] = a b, for operands that lie in the memory. */
export function gemm(
  runtime: Runtime,
  a: Operand,
  b: Operand,
  to: number,
  rows: number,
  columns: number,
  depth: number,
): void {
  // Whole tiles for each thread: split the longer side, in the larger of the two tile lengths.
  const byColumns = columns >= rows;
  const units = Math.ceil((byColumns ? columns : rows) / TILE);
  const plan = runtime.plan({ items: units, work: rows * columns * depth });
  const scratch = runtime.threadScratch(runtime.functions.gemmScratch(columns));
  runtime.run("gemm", plan, (part) => [
    a.pointer,
    a.stride,
    Number(a.transpose),
    b.pointer,
    b.stride,
    Number(b.transpose),
    to,
    columns,
    byColumns ? 0 : part.begin(TILE),
    byColumns ? rows : part.end(TILE, rows),
    byColumns ? part.begin(TILE) : 0,
    byColumns ? part.end(TILE, columns) : columns,
    depth,
    0,
    part.own(scratch.pointer, scratch.bytes),
  ]);
}
