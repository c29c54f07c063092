import * as tf from "@tensorflow/tfjs";
import type { OperationCase } from "../_finite_differences.ts";

const transposes = [[false, false], [false, true], [true, false], [true, true]] as const;

/** The shape of a matrix as it is stored, transposed or not. */
function stored(rows: number, columns: number, transpose: boolean): [number, number] {
  return transpose ? [columns, rows] : [rows, columns];
}

/** Sizes that meet every edge of the tiles: panels of 8 and 12, rows of 4 and 6, depth blocks. */
const sizes = [
  [1, 1, 1],
  [1, 5, 1],
  [7, 5, 6],
  [6, 12, 3],
  [5, 10, 2],
  [13, 20, 9],
  [49, 17, 5],
  [3, 29, 401],
] as const;

const plain: OperationCase[] = sizes.flatMap(([rows, columns, depth]) =>
  transposes.map(([transposeA, transposeB]) => ({
    name: `matMul [${rows},${depth}]x[${depth},${columns}] ${transposeA ? "T" : "N"}${
      transposeB ? "T" : "N"
    }`,
    inputs: [stored(rows, depth, transposeA), stored(depth, columns, transposeB)],
    run: (a, b) => tf.matMul(a, b, transposeA, transposeB),
    step: 0.5,
  }))
);

const batched: OperationCase[] = transposes.map(([transposeA, transposeB]) => ({
  name: `matMul of stacks ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`,
  inputs: [[2, 3, ...stored(7, 5, transposeA)], [2, 3, ...stored(5, 6, transposeB)]],
  run: (a, b) => tf.matMul(a, b, transposeA, transposeB),
  step: 0.5,
}));

/** Batch axes that broadcast: left, right, both. */
const batches = [
  { left: [4], right: [1], both: [4] },
  { left: [1], right: [4], both: [4] },
  { left: [2, 1], right: [1, 3], both: [2, 3] },
  { left: [2, 3], right: [3], both: [2, 3] },
  { left: [], right: [3], both: [3] },
];

const broadcast: OperationCase[] = transposes.flatMap(([transposeA, transposeB]) =>
  batches.map(({ left, right, both }): OperationCase => {
    const aMatrix = stored(4, 5, transposeA);
    const bMatrix = stored(5, 6, transposeB);
    const twoSided = left.length > 1 && right.length > 1;
    return {
      name: `matMul broadcast [${left}] with [${right}] ${transposeA ? "T" : "N"}${
        transposeB ? "T" : "N"
      }`,
      inputs: [[...left, ...aMatrix], [...right, ...bMatrix]],
      run: (a, b) => tf.matMul(a, b, transposeA, transposeB),
      reference: (a, b) =>
        tf.matMul(
          tf.broadcastTo(a, [...both, ...aMatrix]),
          tf.broadcastTo(b, [...both, ...bMatrix]),
          transposeA,
          transposeB,
        ),
      step: 0.5,
      wrong: twoSided
        ? {
          cpu: "takes the wrong matrices when both sides broadcast",
          webgpu: "throws when both sides broadcast",
        }
        : undefined,
    };
  })
);

const activations = ["linear", "relu", "relu6", "elu", "sigmoid"] as const;

const fused: OperationCase[] = transposes.flatMap(([transposeA, transposeB]) =>
  activations.map((activation) => ({
    name: `fused matMul, bias, ${activation} ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`,
    inputs: [stored(7, 5, transposeA), stored(5, 6, transposeB), [6]],
    run: (a, b, bias) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        transposeA,
        transposeB,
        bias,
        activation,
      }),
    step: 1e-3,
    tolerance: 4e-3,
  }))
);

const others: OperationCase[] = [
  {
    name: "fused matMul, stack, bias, leakyrelu",
    inputs: [[3, 7, 5], [3, 5, 6], [6]],
    run: (a, b, bias) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        bias,
        activation: "leakyrelu",
        leakyreluAlpha: 0.3,
      }),
    gradient: false,
  },
  {
    name: "fused matMul, prelu",
    inputs: [[7, 5], [5, 6], [6]],
    run: (a, b, weights) =>
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        activation: "prelu",
        preluActivationWeights: weights,
      }),
    gradient: false,
  },
  {
    name: "fused matMul, bias of one number",
    inputs: [[7, 5], [5, 6], [1]],
    run: (a, b, bias) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias }),
    gradient: false,
  },
  {
    name: "matMul without rows",
    inputs: [[0, 5], [5, 6]],
    run: (a, b) => tf.matMul(a, b),
    gradient: false,
  },
  {
    name: "matMul without depth",
    inputs: [[3, 0], [0, 6]],
    run: (a, b) => tf.matMul(a, b),
    gradient: false,
    wrong: { webgpu: "has no tensors without elements" },
  },
  { name: "dot", inputs: [[5], [5]], run: (a, b) => tf.dot(a, b), step: 0.5 },
  {
    name: "outerProduct",
    inputs: [[5], [4]],
    run: (a, b) => tf.outerProduct(a as tf.Tensor1D, b as tf.Tensor1D),
    step: 0.5,
  },
  {
    name: "one tensor on both sides",
    inputs: [[6, 6]],
    run: (a) => tf.matMul(a, a, true, false).add(tf.matMul(a, a)),
  },
];

/** Matrix products. */
export const products: OperationCase[] = [...plain, ...batched, ...broadcast, ...fused, ...others];
