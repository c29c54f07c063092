import * as moves from "./scale_moves.ts";
import { matMul, multiply, places, product, quotient } from "./scale_products.ts";
import { channelwise, positive, type Rule, sum } from "./scale_site.ts";

/** How the scales of channels pass operations; those that are not here ask for the numbers themselves. */
export const scaleRules: Readonly<Record<string, Rule>> = {
  Abs: positive(channelwise("x")),
  Add: sum(),
  AddN: sum(),
  AvgPool: channelwise("x"),
  BatchMatMul: matMul,
  Concat: moves.concat,
  Conv2D: places(product("x", "filter", ([, , input, output]) => ({
    input: { size: input, inner: output },
    output: { size: output, inner: 1 },
  }))),
  Conv2DBackpropInput: places(product("dy", "filter", ([, , output, input]) => ({
    input: { size: input, inner: 1 },
    output: { size: output, inner: input },
  }))),
  DepthwiseConv2dNative: places(product("x", "filter", ([, , input, each]) => ({
    input: { size: input, inner: each },
    output: { size: input * each, inner: 1 },
  }))),
  ExpandDims: moves.reshape("input"),
  GatherV2: moves.gather,
  LeakyRelu: positive(channelwise("x")),
  Max: positive(moves.reduction),
  MaxPool: positive(channelwise("x")),
  Maximum: positive(sum()),
  Mean: moves.reduction,
  Min: positive(moves.reduction),
  Minimum: positive(sum()),
  Multiply: multiply,
  Pack: moves.pack,
  PadV2: moves.pad,
  RealDiv: quotient,
  Relu: positive(channelwise("x")),
  Reshape: moves.reshape("x"),
  ResizeBilinear: channelwise("images"),
  ResizeNearestNeighbor: channelwise("images"),
  Reverse: moves.reverse,
  Select: moves.select,
  Slice: moves.window("input", ({ begin }) => (begin as readonly unknown[]).at(-1)),
  SplitV: moves.split,
  Sub: sum(),
  Sum: moves.reduction,
  Tile: moves.tile,
  Transpose: moves.transpose,
  Unpack: moves.unpack,
};
