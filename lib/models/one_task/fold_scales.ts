import type * as tf from "@tensorflow/tfjs";
import type { InputShapes } from "../architecture.ts";
import type { MadeConstants } from "./made_constants.ts";
import type { Operation, Program, Shape } from "./program.ts";
import { countReads, replaced, shapeOf, tensorOf, withInputs } from "./rewrite.ts";
import { scaleRules } from "./scale_rules.ts";
import { type Absorbed, channelsOf, type Rule, type Site } from "./scale_site.ts";
import { Scales } from "./scales.ts";
import type { Value } from "./trace.ts";

/** Which multiplications may go: all, or those with one number for all channels. */
export type Foldable = "all" | "single numbers";

/** A multiplication by a constant, and where its result goes. */
interface Multiplication {
  readonly operation: number;
  /** Names of its operands. */
  readonly x: string;
  readonly factor: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly numbers: tf.Tensor;
  /** Numbers that it computes for a row. */
  readonly size: number;
}

/** A constant that takes the scales of channels. */
interface Absorption {
  readonly tensor: tf.Tensor;
  readonly channels: readonly Absorbed[];
}

/**
 * Takes multiplications by constants away where what comes before and after can make up for them.
 *
 * Every channel of every value may hold a multiple of what it held: its scale times that is the old number. A linear operation with a
 * constant kernel takes whatever scales its input and output have into the kernel; a sum asks
 * for the same scale in all its terms; a ReLU lets a scale above 0 through; a softmax wants the
 * numbers themselves. A multiplication by c goes where the scale of its output is c times that of
 * its input. So multiplications are edges between groups of channels of one scale, and as many can go as a
 * forest has edges: of the K x K factors of a stitch between K towers all but (K - 1)², and all of
 * those that only one sum reads. The largest results come first, then the largest factors, so that those that
 * stay are mostly below 1.
 *
 * @param constants Where the constants are put that are made.
 */
export async function foldScales(
  program: Program,
  inputShapes: InputShapes,
  constants: MadeConstants,
  foldable: Foldable = "all",
): Promise<Program> {
  const { scales, multiplications, absorptions } = scalesOf(program, inputShapes);
  const values = new Map<tf.Tensor, Float32Array>();
  const tensors = [
    ...multiplications.map(({ numbers }) => numbers),
    ...absorptions.values().map(({ tensor }) => tensor),
  ];
  for (const tensor of tensors) values.set(tensor, await tensor.data<"float32">());
  const factorsOf = ({ numbers }: Multiplication) => values.get(numbers)!;
  const largest = (numbers: Float32Array) =>
    numbers.reduce((size, number) => Math.max(size, Math.abs(number)), 0);
  const gone = new Set<number>();
  // Those with zeros ask who else reads and writes, which is known once all others are done.
  for (const zeros of [false, true]) {
    const chosen = multiplications.filter((each) =>
      factorsOf(each).includes(0) === zeros &&
      (foldable === "all" || each.numbers.size === 1)
    ).map((each) => ({ ...each, largest: largest(factorsOf(each)) }))
      .sort((a, b) => b.size - a.size || b.largest - a.largest || a.operation - b.operation);
    for (const each of chosen) {
      if (scales.attempt(() => takeAway(scales, each, factorsOf(each)))) gone.add(each.operation);
    }
  }
  return rebuilt(program, constants, { scales, multiplications, absorptions, values, gone });
}

function takeAway(
  scales: Scales,
  { from, to }: Multiplication,
  factors: Float32Array,
): boolean {
  return from.every((node, at) => {
    const factor = factors[factors.length === 1 ? 0 : at];
    if (factor === 0) return scales.cut(node, to[at]);
    if (!Number.isFinite(factor) || !scales.join(to[at], node, factor)) return false;
    scales.count("readers", [node], -1);
    scales.count("writers", [to[at]], -1);
    return true;
  });
}

/** Name of a constant operand: by operation and operand. */
const placeOf = (operation: number, operand: string) => `${operation} ${operand}`;

/** The scales of all channels, as the operations ask for them. */
function scalesOf({ operations, output }: Program, inputShapes: InputShapes) {
  const scales = new Scales();
  const channels = operations.map(({ shapes }) =>
    shapes.map((shape) => scales.add(shape ? channelsOf(shape) : 1))
  );
  const multiplications: Multiplication[] = [];
  const absorptions = new Map<string, Absorption>();
  const late: { readonly site: Site; readonly rule: Rule }[] = [];
  const reads = countReads(operations);
  const nodesOf = (value: Value): readonly number[] | undefined => {
    if (value.kind === "result") return channels[value.operation][value.output];
    if (value.kind === "constant") return undefined;
    return Array.from({ length: channelsOf(shape(value)!) }, () => scales.one);
  };
  const shape = (value: Value) => shapeOf(value, operations, inputShapes);
  const ask = (site: Site, rule: Rule) => {
    if (rule(site)) return;
    for (const operand of site.operands) scales.pin(site.nodes(operand) ?? []);
    site.outputs.forEach((output) => scales.pin(output));
  };
  for (const [at, operation] of operations.entries()) {
    const inputs = operation.inputs as Readonly<Record<string, Value>>;
    const site: Site = {
      operation,
      scales,
      operands: Object.keys(inputs),
      outputs: channels[at],
      nodes: (operand) => nodesOf(inputs[operand]),
      shape: (operand) => shape(inputs[operand])!,
      constant: (operand) => tensorOf(inputs[operand]),
      absorb(operand, ...channels) {
        absorptions.set(placeOf(at, operand), { tensor: tensorOf(inputs[operand])!, channels });
      },
      mayGo(x, factor) {
        multiplications.push({
          operation: at,
          x,
          factor,
          from: nodesOf(inputs[x])!,
          to: channels[at][0],
          numbers: tensorOf(inputs[factor])!,
          size: sizeOf(operation.shapes[0]!),
        });
      },
      later: (rule) => late.push({ site, rule }),
    };
    const shapes = [
      ...site.operands.map((operand) => shape(inputs[operand])),
      ...operation.shapes,
    ];
    const plain = shapes.every((shape) => shape && !isPerRow(shape.at(-1))) &&
      Object.entries(inputs).every(([operand, value]) =>
        value.kind !== "constant" || isIndex(operation, operand) ||
        operation.kernel === "Multiply" ||
        (value.tensor.dtype === "float32" && reads.get(value.tensor) === 1)
      );
    ask(site, plain && scaleRules[operation.kernel] || (() => false));
  }
  scales.pin(nodesOf(output) ?? []);
  for (const { site, rule } of late) ask(site, rule);
  return { scales, multiplications, absorptions };
}

const isPerRow = (side: unknown) => side !== undefined && typeof side !== "number";

/** Whether a constant operand says where, not how much. */
const isIndex = ({ kernel }: Operation, operand: string) =>
  (kernel === "GatherV2" && operand === "indices") ||
  (kernel === "Select" && operand === "condition");

const sizeOf = (shape: Shape) =>
  shape.reduce<number>((size, side) => size * (typeof side === "number" ? side : side.perRow), 1);

/** The program with its constants in the new scales, without what is gone. */
function rebuilt(program: Program, made: MadeConstants, found: {
  readonly scales: Scales;
  readonly multiplications: readonly Multiplication[];
  readonly absorptions: ReadonlyMap<string, Absorption>;
  readonly values: ReadonlyMap<tf.Tensor, Float32Array>;
  readonly gone: ReadonlySet<number>;
}): Program {
  const { scales, multiplications, absorptions, values, gone } = found;
  const constants = new Map<string, tf.Tensor>();
  const passed = new Set(gone);
  for (const { operation, factor, from, to, numbers } of multiplications) {
    if (gone.has(operation)) continue;
    const old = values.get(numbers)!;
    const left = Float32Array.from(
      from,
      (node, at) => old[old.length === 1 ? 0 : at] * scales.reading(node) * scales.writing(to[at]),
    );
    if (left.every((number) => number === 1)) passed.add(operation);
    else if (left.some((number, at) => number !== old[old.length === 1 ? 0 : at])) {
      const alike = left.every((number) => number === left[0]);
      const tensor = old.length === 1 && alike
        ? made.make(left.slice(0, 1), numbers.shape)
        : made.make(left, [left.length]);
      constants.set(placeOf(operation, factor), tensor);
    }
  }
  for (const [place, { tensor, channels }] of absorptions) {
    const factors = channels.map(({ nodes, as }) =>
      nodes.map((node) => as === "reading" ? scales.reading(node) : scales.writing(node))
    );
    if (factors.flat().every((factor) => factor === 1)) continue;
    const numbers = values.get(tensor)!.map((number, index) =>
      channels.reduce(
        (product, { inner, nodes }, which) =>
          product * factors[which][Math.floor(index / inner) % nodes.length],
        number,
      )
    );
    constants.set(place, made.make(numbers, tensor.shape));
  }
  const behind = new Map(
    multiplications.filter(({ operation }) => passed.has(operation)).map(({ operation, x }) =>
      [operation, (program.operations[operation].inputs as Record<string, Value>)[x]] as const
    ),
  );
  return replaced({
    operations: program.operations.map((operation, at) =>
      withInputs(operation, (value, operand) => {
        const tensor = constants.get(placeOf(at, operand));
        return tensor ? { kind: "constant", tensor } : value;
      })
    ),
    output: program.output,
  }, behind);
}
