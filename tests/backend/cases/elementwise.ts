import * as tf from "@tensorflow/tfjs";
import { biasRelu } from "../../../lib/backend/mod.ts";
import type { OperationCase } from "../_finite_differences.ts";

type Unary = (x: tf.Tensor) => tf.Tensor;
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Smooth on [-1, 1]. */
const smooth: Record<string, Unary> = {
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  softplus: tf.softplus,
  exp: tf.exp,
  neg: tf.neg,
  square: tf.square,
  sin: tf.sin,
  cos: tf.cos,
  sinh: tf.sinh,
  cosh: tf.cosh,
  erf: tf.erf,
  expm1: tf.expm1,
  atan: tf.atan,
  asinh: tf.asinh,
  logSigmoid: tf.logSigmoid,
  gelu: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
};

/** With a bend or a step in [-1, 1]: the differences stay on one side of it. */
const bent: Record<string, Unary> = {
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  elu: tf.elu,
  selu: tf.selu,
  abs: tf.abs,
  sign: tf.sign,
  step: (x) => tf.step(x),
  floor: (x) => tf.floor(tf.mul(x, 5)),
  ceil: (x) => tf.ceil(tf.mul(x, 5)),
  round: (x) => tf.round(tf.mul(x, 5)),
  clipByValue: (x) => tf.clipByValue(x, -0.51, 0.52),
};

/** Defined from 1.1 on. */
const positive: Record<string, Unary> = {
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  log: tf.log,
  log1p: tf.log1p,
  acosh: tf.acosh,
  reciprocal: tf.reciprocal,
};

/** Defined inside [-0.9, 0.9]. */
const inner: Record<string, Unary> = { asin: tf.asin, acos: tf.acos, atanh: tf.atanh, tan: tf.tan };

const binary: Record<string, Binary> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  pow: tf.pow,
  atan2: tf.atan2,
  squaredDifference: tf.squaredDifference,
};

/** With a bend where the operands are alike. */
const bentBinary: Record<string, Binary> = { maximum: tf.maximum, minimum: tf.minimum };

/** With jumps all over: the values alone are compared. */
const jumping: Record<string, Binary> = {
  mod: (a, b) => tf.mod(tf.mul(a, 3), b),
  floorDiv: (a, b) => tf.floorDiv(tf.mul(a, 3), b),
};

/** Pairs of shapes that meet every way of broadcasting. */
const pairs = [
  [[4, 3, 5], [4, 3, 5]],
  [[4, 3, 5], [5]],
  [[4, 3, 5], [3, 1]],
  [[3, 1], [4, 3, 5]],
  [[4, 1, 5], [1, 3, 1]],
  [[7, 9], [7, 1]],
  [[17], []],
  [[], [2, 3]],
  [[1, 6], [5, 1]],
] as const;

function unaryCases(
  list: Record<string, Unary>,
  settings: Partial<OperationCase>,
): OperationCase[] {
  return Object.entries(list).map(([name, run]) => ({
    name: `${name} of [3,8]`,
    inputs: [[3, 8]],
    run,
    ...settings,
  }));
}

function binaryCases(
  list: Record<string, Binary>,
  settings: Partial<OperationCase>,
): OperationCase[] {
  return Object.entries(list).flatMap(([name, run]) =>
    pairs.map(([a, b]) => ({
      name: `${name} of [${a}] and [${b}]`,
      inputs: [a, b],
      run: (x: tf.Tensor, y: tf.Tensor) => run(x, y),
      range: [0.5, 2] as const,
      ...settings,
    }))
  );
}

const comparisons: OperationCase[] = [
  {
    name: "where, by a comparison of the differentiated inputs",
    inputs: [[4, 5], [4, 5]],
    run: (x, y) => tf.where(tf.greater(x, y), tf.mul(x, 2), tf.mul(y, 3)),
    step: 1e-3,
  },
  {
    name: "where, broadcast",
    inputs: [[4, 5], [5]],
    run: (x, y) => tf.where(tf.lessEqual(x, y), x, tf.zerosLike(x)),
    step: 1e-3,
  },
  ...(["greater", "greaterEqual", "less", "lessEqual", "equal", "notEqual"] as const).map((
    name,
  ): OperationCase => ({
    name: `${name} on the way of a gradient`,
    inputs: [[4, 5], [5]],
    run: (x, y) => tf.mul(tf.cast(tf[name](x, y), "float32"), x),
    step: 1e-3,
  })),
  {
    name: "logical operators on the way of a gradient",
    inputs: [[4, 5], [4, 5]],
    run: (x, y) => {
      const both = tf.logicalAnd(tf.greater(x, 0), tf.greater(y, 0));
      const either = tf.logicalOr(both, tf.logicalNot(tf.greater(x, 0.5)));
      return tf.mul(tf.cast(either, "float32"), tf.add(x, y));
    },
    step: 1e-3,
  },
];

const others: OperationCase[] = [
  ...([[3, 8], [2, 3, 5], [2, 4, 3, 12]] as const).map((shape): OperationCase => ({
    name: `bias and relu of [${shape}]`,
    inputs: [shape, [shape[shape.length - 1]]],
    run: (x, bias) => biasRelu(x, bias),
    step: 1e-3,
  })),
  {
    name: "prelu",
    inputs: [[3, 8], [8]],
    run: (x, alpha) => tf.prelu(x, alpha),
    step: 1e-3,
  },
  {
    name: "relu of thousands",
    inputs: [[37, 129]],
    run: (x) => tf.relu(x),
    step: 5e-5,
    tolerance: 1e-2,
  },
  {
    name: "mod between two jumps",
    inputs: [[4, 3], [3]],
    run: (a, b) => tf.mod(tf.add(a, 5), tf.add(b, 3)),
    range: [0, 0.9],
    step: 1e-3,
  },
  { name: "addN", inputs: [[3, 4], [3, 4], [3, 4]], run: (...list) => tf.addN(list) },
  {
    name: "one tensor on both sides of a product",
    inputs: [[5, 3]],
    run: (x) => tf.mul(x, tf.add(x, x)),
  },
];

/** Operations on each element. */
export const elementwise: OperationCase[] = [
  ...unaryCases(smooth, {}),
  ...unaryCases(bent, { step: 1e-3 }),
  ...unaryCases(positive, { range: [1.2, 3], step: 0.01 }),
  ...unaryCases(inner, { range: [-0.8, 0.8], step: 0.01 }),
  ...binaryCases(binary, { step: 0.02 }),
  ...binaryCases(bentBinary, { step: 1e-4, tolerance: 2e-2 }),
  ...binaryCases(jumping, { gradient: false }),
  ...comparisons,
  ...others,
];
