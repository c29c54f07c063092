import type { Operation } from "./program.ts";
import {
  addConstant,
  addTo,
  channelsOf,
  channelwise,
  type Rule,
  sum,
  uniform,
} from "./scale_site.ts";

/** Numbers in the same order with other sides: channels that can fall on each other are alike. */
export const reshape = (operand: string): Rule => ({ nodes, outputs: [output], scales }) => {
  const given = nodes(operand);
  if (!given) return false;
  const common = greatestDivisor(given.length, output.length);
  given.forEach((node, at) => scales.join(node, output[at % common], 1));
  output.forEach((node, at) => scales.join(node, output[at % common], 1));
  return true;
};

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** An axis counted from the start. */
const fromStart = (axis: unknown, rank: number) =>
  Number(axis) < 0 ? Number(axis) + rank : Number(axis);

export const concat: Rule = (site) => {
  const { operation: { attributes, shapes: [shape] }, outputs: [output] } = site;
  const last = fromStart(attributes.axis, shape!.length) === shape!.length - 1;
  let start = 0;
  for (const operand of site.operands) {
    const end = start + channelsOf(site.shape(operand));
    addTo(site, operand, last ? output.slice(start, end) : output);
    start = end;
  }
  return true;
};

export const split: Rule = (site) => {
  const { operation: { attributes }, outputs, scales } = site;
  const given = site.nodes("x");
  const rank = site.shape("x").length;
  if (!given) return false;
  if (fromStart(attributes.axis, rank) !== rank - 1) return channelwise("x")(site);
  let start = 0;
  for (const output of outputs) {
    scales.tie(output, given.slice(start, start + output.length));
    start += output.length;
  }
  return start === given.length;
};

/** Channels from some place on, in the input or in the output. */
export const window = (
  side: "input" | "output",
  startOf: (attributes: Operation["attributes"]) => unknown,
): Rule =>
({ nodes, outputs: [output], scales, operation: { attributes } }) => {
  const [given, start] = [nodes("x"), Number(startOf(attributes))];
  if (!given) return false;
  const [part, whole] = side === "input" ? [output, given] : [given, output];
  if (!(start >= 0 && start + part.length <= whole.length)) return false;
  scales.tie(part, whole.slice(start, start + part.length));
  return true;
};

export const pad: Rule = (site) => {
  const { constantValue = 0 } = site.operation.attributes;
  return constantValue === 0 &&
    window("output", ({ paddings }) => (paddings as readonly (readonly unknown[])[]).at(-1)![0])(
      site,
    );
};

export const pack: Rule = (site) => {
  const { operation: { attributes, shapes: [shape] }, outputs: [output], scales } = site;
  const last = fromStart(attributes.axis, shape!.length) === shape!.length - 1;
  site.operands.forEach((operand, at) => {
    const channels = last ? output.slice(at, at + 1) : output;
    const nodes = site.nodes(operand);
    if (nodes) scales.tie(nodes, channels);
    else addConstant(site, operand, channels);
  });
  return true;
};

export const unpack: Rule = (site) => {
  const { operation: { attributes }, outputs, scales } = site;
  const given = site.nodes("value");
  const rank = site.shape("value").length;
  if (!given) return false;
  if (fromStart(attributes.axis, rank) !== rank - 1) return channelwise("value")(site);
  outputs.forEach((output, at) => scales.tie(output, given.slice(at, at + 1)));
  return given.length === outputs.length;
};

export const tile: Rule = ({ nodes, outputs: [output], scales }) => {
  const given = nodes("x");
  if (!given) return false;
  if (output.length === 1) scales.tie(given, output);
  else output.forEach((node, at) => scales.join(node, given[at % given.length], 1));
  return true;
};

export const transpose: Rule = (site) => {
  const perm = site.operation.attributes.perm as readonly number[];
  const keeps = perm.at(-1) === perm.length - 1;
  return (keeps ? channelwise : uniform)("x")(site);
};

export const reverse: Rule = (site) => {
  const rank = site.shape("x").length;
  const axes = [site.operation.attributes.dims].flat();
  if (!axes.some((axis) => fromStart(axis, rank) === rank - 1)) return channelwise("x")(site);
  const given = site.nodes("x");
  const [output] = site.outputs;
  if (!given || given.length !== output.length) return false;
  site.scales.tie([...given].reverse(), output);
  return true;
};

export const reduction: Rule = (site) => {
  const { axis, reductionIndices = axis } = site.operation.attributes;
  const rank = site.shape("x").length;
  const axes = reductionIndices === undefined || reductionIndices === null
    ? undefined
    : [reductionIndices].flat().map((each) => fromStart(each, rank));
  return (axes && !axes.includes(rank - 1) ? channelwise : uniform)("x")(site);
};

export const gather: Rule = (site) => {
  const { scales, outputs: [output] } = site;
  const rank = site.shape("x").length;
  if (fromStart(site.operation.attributes.axis, rank) === rank - 1) return false;
  if (channelsOf(site.shape("x")) !== output.length) return false;
  addTo(site, "x", output);
  scales.pin(site.nodes("indices") ?? []);
  return true;
};

export const select: Rule = (site) => {
  site.scales.pin(site.nodes("condition") ?? []);
  return sum(["t", "e"])(site);
};
