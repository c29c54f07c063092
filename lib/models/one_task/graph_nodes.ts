import type { DataType } from "@tensorflow/tfjs";

/** A node of a TensorFlow graph in its JSON form. */
export interface GraphNodeJson {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

/** An argument of a kernel that TensorFlow takes as one more input: a number or a list of them. */
export interface Argument {
  readonly value: unknown;
  readonly dtype: "int32" | "float32";
  /** How a number that grows with the batch may be written: as -1, or counted when it runs. */
  readonly perRow?: "rest" | "counted";
}

/** What a kernel is in TensorFlow. */
export interface Counterpart {
  readonly op: string;
  /** Names of the kernel's inputs, in TensorFlow's order; for kernels with a list, all of it. */
  readonly inputs: readonly string[] | "list";
  /** Inputs that TensorFlow has and the kernel has as attributes, with the place they go to. */
  readonly arguments?: readonly Argument[];
  /** Whether the arguments come before the inputs. */
  readonly argumentsFirst?: boolean;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

type Attributes = Readonly<Record<string, unknown>>;

const types: Readonly<Partial<Record<DataType, string>>> = {
  float32: "DT_FLOAT",
  int32: "DT_INT32",
  bool: "DT_BOOL",
};

/** TensorFlow's name of a type. */
export function typeName(dtype: DataType): string {
  const name = types[dtype];
  if (!name) throw new Error(`Numbers of type ${dtype} cannot be exported.`);
  return name;
}

const text = (value: string) => ({ s: btoa(value) });
const list = (values: readonly number[]) => ({ list: { i: values.map(String) } });
const int = (value: unknown, perRow?: Argument["perRow"]): Argument => ({
  value,
  dtype: "int32",
  perRow,
});
const pair = (value: unknown): readonly number[] =>
  Array.isArray(value) ? value : [value as number, value as number];
const sides = (value: unknown) => list([1, ...pair(value), 1]);

function padding(pad: unknown): { s: string } {
  if (pad !== "same" && pad !== "valid") {
    throw new Error(`A padding of ${JSON.stringify(pad)} cannot be exported.`);
  }
  return text(pad.toUpperCase());
}

const convolution = ({ strides, pad, dilations = 1 }: Attributes) => ({
  strides: sides(strides),
  padding: padding(pad),
  data_format: text("NHWC"),
  dilations: sides(dilations),
});

const pooling = (op: string) => ({ filterSize, strides, pad }: Attributes): Counterpart => ({
  op,
  inputs: ["x"],
  attributes: { ksize: sides(filterSize), strides: sides(strides), padding: padding(pad) },
});

const same = (op: string, ...inputs: string[]) => (): Counterpart => ({ op, inputs });

const reduction = (op: string) => (attributes: Attributes): Counterpart => {
  const { axis, reductionIndices = axis, keepDims = false } = attributes;
  if (reductionIndices === undefined || reductionIndices === null) {
    throw new Error(`${op} over all axes at once, rows among them, cannot be exported.`);
  }
  return {
    op,
    inputs: ["x"],
    arguments: [int([reductionIndices].flat())],
    attributes: { keep_dims: { b: keepDims } },
  };
};

const resizing = (op: string) => (attributes: Attributes): Counterpart => ({
  op,
  inputs: ["images"],
  arguments: [int(attributes.size)],
  attributes: {
    align_corners: { b: attributes.alignCorners },
    half_pixel_centers: { b: attributes.halfPixelCenters },
  },
});

/** What TensorFlow calls the kernels of TensorFlow.js, and how it takes their settings. */
export const counterparts: Readonly<Record<string, (attributes: Attributes) => Counterpart>> = {
  All: reduction("All"),
  Any: reduction("Any"),
  Abs: same("Abs", "x"),
  Add: same("AddV2", "a", "b"),
  AddN: () => ({ op: "AddN", inputs: "list" }),
  ArgMax: ({ axis }) => ({ op: "ArgMax", inputs: ["x"], arguments: [int(axis)] }),
  AvgPool: pooling("AvgPool"),
  BatchMatMul: ({ transposeA, transposeB }) => ({
    op: "BatchMatMulV2",
    inputs: ["a", "b"],
    attributes: { adj_x: { b: transposeA }, adj_y: { b: transposeB } },
  }),
  Cast: ({ dtype }) => ({
    op: "Cast",
    inputs: ["x"],
    attributes: { DstT: { type: typeName(dtype as DataType) } },
  }),
  ClipByValue: ({ clipValueMin, clipValueMax }) => ({
    op: "ClipByValue",
    inputs: ["x"],
    arguments: [
      { value: clipValueMin, dtype: "float32" },
      { value: clipValueMax, dtype: "float32" },
    ],
  }),
  Concat: ({ axis }) => ({ op: "ConcatV2", inputs: "list", arguments: [int(axis)] }),
  Conv2D: (attributes) => ({
    op: "Conv2D",
    inputs: ["x", "filter"],
    attributes: convolution(attributes),
  }),
  Conv2DBackpropInput: (attributes) => ({
    op: "Conv2DBackpropInput",
    inputs: ["filter", "dy"],
    arguments: [int(attributes.inputShape, "counted")],
    argumentsFirst: true,
    attributes: convolution(attributes),
  }),
  DepthwiseConv2dNative: (attributes) => ({
    op: "DepthwiseConv2dNative",
    inputs: ["x", "filter"],
    attributes: convolution(attributes),
  }),
  Einsum: ({ equation }) => ({
    op: "Einsum",
    inputs: "list",
    attributes: { equation: text(equation as string) },
  }),
  Elu: same("Elu", "x"),
  Equal: same("Equal", "a", "b"),
  Erf: same("Erf", "x"),
  Exp: same("Exp", "x"),
  ExpandDims: ({ dim }) => ({ op: "ExpandDims", inputs: ["input"], arguments: [int(dim)] }),
  Fill: ({ shape, value, dtype }) => ({
    op: "Fill",
    inputs: [],
    arguments: [int(shape, "counted"), { value, dtype: dtype === "int32" ? "int32" : "float32" }],
    attributes: { T: { type: typeName((dtype ?? "float32") as DataType) } },
  }),
  GatherV2: ({ axis, batchDims = 0 }) => ({
    op: "GatherV2",
    inputs: ["x", "indices"],
    arguments: [int(axis)],
    attributes: { batch_dims: { i: String(batchDims) } },
  }),
  Greater: same("Greater", "a", "b"),
  GreaterEqual: same("GreaterEqual", "a", "b"),
  LeakyRelu: ({ alpha }) => ({
    op: "LeakyRelu",
    inputs: ["x"],
    attributes: { alpha: { f: alpha } },
  }),
  Less: same("Less", "a", "b"),
  LessEqual: same("LessEqual", "a", "b"),
  Log: same("Log", "x"),
  Log1p: same("Log1p", "x"),
  LogicalAnd: same("LogicalAnd", "a", "b"),
  LogicalNot: same("LogicalNot", "x"),
  LogicalOr: same("LogicalOr", "a", "b"),
  Max: reduction("Max"),
  MaxPool: pooling("MaxPool"),
  Maximum: same("Maximum", "a", "b"),
  Mean: reduction("Mean"),
  Min: reduction("Min"),
  Minimum: same("Minimum", "a", "b"),
  Multiply: same("Mul", "a", "b"),
  Neg: same("Neg", "x"),
  NotEqual: same("NotEqual", "a", "b"),
  OneHot: ({ depth, onValue = 1, offValue = 0, dtype = "int32" }) => ({
    op: "OneHot",
    inputs: ["indices"],
    arguments: [
      int(depth),
      { value: onValue, dtype: "float32" },
      { value: offValue, dtype: "float32" },
    ],
    attributes: { T: { type: typeName(dtype as DataType) } },
  }),
  Pack: ({ axis }) => ({ op: "Pack", inputs: "list", attributes: { axis: { i: String(axis) } } }),
  PadV2: ({ paddings, constantValue = 0 }) => ({
    op: "PadV2",
    inputs: ["x"],
    arguments: [int(paddings), { value: constantValue, dtype: "float32" }],
  }),
  Pow: same("Pow", "a", "b"),
  Prod: reduction("Prod"),
  RealDiv: same("RealDiv", "a", "b"),
  Relu: same("Relu", "x"),
  Relu6: same("Relu6", "x"),
  Reshape: ({ shape }) => ({ op: "Reshape", inputs: ["x"], arguments: [int(shape, "rest")] }),
  ResizeBilinear: resizing("ResizeBilinear"),
  ResizeNearestNeighbor: resizing("ResizeNearestNeighbor"),
  Reverse: ({ dims }) => ({ op: "ReverseV2", inputs: ["x"], arguments: [int([dims].flat())] }),
  Rsqrt: same("Rsqrt", "x"),
  Select: same("SelectV2", "condition", "t", "e"),
  Selu: same("Selu", "x"),
  Sigmoid: same("Sigmoid", "x"),
  Sign: same("Sign", "x"),
  Slice: ({ begin, size }) => ({
    op: "Slice",
    inputs: ["x"],
    arguments: [int(begin), int(size, "rest")],
  }),
  Softmax: same("Softmax", "logits"),
  Softplus: same("Softplus", "x"),
  SplitV: ({ numOrSizeSplits, axis }) => ({
    op: "SplitV",
    inputs: ["x"],
    arguments: [int(numOrSizeSplits), int(axis)],
  }),
  Sqrt: same("Sqrt", "x"),
  Square: same("Square", "x"),
  SquaredDifference: same("SquaredDifference", "a", "b"),
  Step: same("Step", "x"),
  Sub: same("Sub", "a", "b"),
  Sum: reduction("Sum"),
  Tanh: same("Tanh", "x"),
  Tile: ({ reps }) => ({ op: "Tile", inputs: ["x"], arguments: [int(reps, "counted")] }),
  Transpose: ({ perm }) => ({ op: "Transpose", inputs: ["x"], arguments: [int(perm)] }),
  Unpack: ({ axis }) => ({
    op: "Unpack",
    inputs: ["value"],
    attributes: { axis: { i: String(axis) } },
  }),
};
