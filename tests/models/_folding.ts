import { ok } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { countFlops } from "../../lib/models/one_task/flops.ts";
import { fold, numbersOf } from "../../lib/models/one_task/fold.ts";
import {
  probeRows,
  type Program,
  programOf,
  runProgram,
} from "../../lib/models/one_task/program.ts";
import {
  recordKernels,
  tensorsOf,
  type Value,
  watchKernels,
  withPlainKernels,
} from "../../lib/models/one_task/trace.ts";
import { near, take } from "../_numbers.ts";

/** A function of rows. The caller owns what it gives. */
export type OfRows = (x: tf.Tensor) => tf.Tensor;

/** What {@linkcode checkFold} found. */
export interface FoldFigures {
  /** How often each kernel is in the program, before and after. */
  readonly kernels: { readonly before: Kernels; readonly after: Kernels };
  /** Single numbers and vectors by which values are still multiplied. */
  readonly factors: readonly number[];
  /** Numbers that are held. */
  readonly numbers: { readonly before: number; readonly after: number };
}

/** How often a program runs each kernel. */
export type Kernels = Readonly<Record<string, number>>;

/**
 * Records a function of rows of `shape`, folds it, and checks that it gives the same with not more
 * operations, numbers and FLOPs.
 */
export async function checkFold(
  shape: readonly number[],
  run: OfRows,
  what = "folded",
  tolerance = 1e-6,
): Promise<FoldFigures> {
  const recordings = await withPlainKernels(() =>
    probeRows.map((rows) => {
      const x = tf.zeros([rows, ...shape]);
      const recording = recordKernels({ x }, () => run(x));
      x.dispose();
      return recording;
    })
  );
  const plain = await programOf(recordings[0], recordings[1]);
  const { program, made } = await fold(plain, { x: shape });
  const x = tf.randomNormal([5, ...shape], 0, 1, "float32", 1);
  const expected = await take(runProgram(plain, { x }, 5));
  nearLargest(await take(runProgram(program, { x }, 5)), expected, tolerance, what);
  ok(program.operations.length <= plain.operations.length, `${what}: operations`);
  const figures = {
    kernels: { before: kernelsOf(plain), after: kernelsOf(program) },
    factors: await factorsOf(program),
    numbers: { before: numbersOf(plain), after: numbersOf(program) },
  };
  ok(figures.numbers.after <= figures.numbers.before, `${what}: numbers`);
  const flops = await withPlainKernels(() =>
    [plain, program].map((each) => countFlops(() => runProgram(each, { x }, 5).dispose()))
  );
  ok(flops[1] <= flops[0], `${what}: ${flops[0]} -> ${flops[1]} FLOPs`);
  x.dispose();
  made.dispose();
  tf.dispose(recordings.flatMap(tensorsOf));
  return figures;
}

function kernelsOf({ operations }: Program): Kernels {
  return countNames(operations.map(({ kernel }) => kernel));
}

async function factorsOf({ operations }: Program): Promise<number[]> {
  const constants = operations.filter(({ kernel }) => kernel === "Multiply")
    .flatMap(({ inputs }) => Object.values<Value>(inputs))
    .flatMap((value) => value.kind === "constant" ? [value.tensor] : []);
  const numbers = await Promise.all(constants.map((tensor) => tensor.data()));
  return numbers.flatMap((values) => Array.from(values));
}

/** A product with a kernel of its own for each seed. */
export function dense(x: tf.Tensor, seed: number): tf.Tensor {
  return tf.matMul(x as tf.Tensor2D, kernelOf(seed));
}

/** A kernel with 4 outputs. */
export function kernelOf(seed: number, inputs = 4): tf.Tensor2D {
  return tf.randomNormal([inputs, 4], 0, 1, "float32", seed);
}

/** Multiplications that are left of a function of rows. */
export async function factorsLeft(run: OfRows, shape: readonly number[] = [4]): Promise<number> {
  const { kernels } = await checkFold(shape, (x) => tf.tidy(() => run(x)));
  return kernels.after.Multiply ?? 0;
}

/** How often each kernel runs. */
export function kernelsThatRun(run: () => tf.Tensor): Kernels {
  const names: string[] = [];
  watchKernels((name) => names.push(name), () => run().dispose());
  return countNames(names);
}

function countNames(names: readonly string[]): Kernels {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Refuses numbers that differ by more than `tolerance` times the largest one, or 1. */
export function nearLargest(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  const largest = Math.max(1, ...expected.map(Math.abs));
  near(
    actual.map((number) => number / largest),
    expected.map((number) => number / largest),
    tolerance,
    what,
  );
}
