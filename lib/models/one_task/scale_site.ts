import type * as tf from "@tensorflow/tfjs";
import type { Operation, Shape } from "./program.ts";
import type { Scales } from "./scales.ts";

/** How the numbers of a constant take the scales of channels. */
export interface Absorbed {
  readonly nodes: readonly number[];
  /** Numbers that follow one another with the same channel. */
  readonly inner: number;
  readonly as: "reading" | "writing";
}

/** An operation among the nodes of its values. */
export interface Site {
  readonly operation: Operation;
  readonly scales: Scales;
  /** Nodes of the channels of an operand; undefined for a constant. */
  nodes(operand: string): readonly number[] | undefined;
  constant(operand: string): tf.Tensor | undefined;
  shape(operand: string): Shape;
  readonly operands: readonly string[];
  readonly outputs: readonly (readonly number[])[];
  /** Says that a constant takes scales. */
  absorb(operand: string, ...channels: Absorbed[]): void;
  /** Says that the operation may go where the scales of `x` and of the output make up for `factor`. */
  mayGo(x: string, factor: string): void;
  /** Says that the product of two values is to be looked at once all others are. */
  later(rule: Rule): void;
}

/**
 * What an operation asks of the scales around it. False, and nothing asked for, where it is not one that scales pass.
 */
export type Rule = (site: Site) => boolean;

/** Channels of a tensor: its last axis; one where that grows with the batch. */
export function channelsOf(shape: Shape): number {
  const last = shape[shape.length - 1];
  return typeof last === "number" ? last : 1;
}

/** Every channel goes on as it is. */
export const channelwise = (operand: string): Rule => ({ nodes, outputs, scales }) => {
  const given = nodes(operand);
  if (!given || outputs.some(({ length }) => length !== given.length)) return false;
  outputs.forEach((output) => scales.tie(given, output));
  return true;
};

/** A rule for what keeps factors above 0 alone. */
export const positive = (rule: Rule): Rule => (site) => {
  if (!rule(site)) return false;
  site.outputs.forEach((output) => site.scales.positive(output));
  return true;
};

/** A sum, or what treats its operands like one. */
export const sum = (operands?: readonly string[]): Rule => (site) => {
  const [output] = site.outputs;
  for (const operand of operands ?? site.operands) addTo(site, operand, output);
  return true;
};

/** An operand, broadcast, that becomes part of channels. */
export function addTo(site: Site, operand: string, channels: readonly number[]): void {
  const nodes = site.nodes(operand);
  if (nodes) site.scales.tie(nodes, channels);
  else addConstant(site, operand, channels);
}

export function addConstant(site: Site, operand: string, channels: readonly number[]): void {
  const { scales } = site;
  const own = channelsOf(site.shape(operand)) === channels.length;
  if (!own) scales.tie(channels, channels.slice(0, 1));
  site.absorb(operand, { nodes: own ? channels : channels.slice(0, 1), inner: 1, as: "writing" });
  scales.count("writers", channels);
}

/** All channels alike. */
export const uniform = (operand: string): Rule => ({ nodes, outputs, scales }) => {
  const given = nodes(operand);
  if (!given) return false;
  for (const channels of [given, ...outputs]) scales.tie(channels, given.slice(0, 1));
  return true;
};
