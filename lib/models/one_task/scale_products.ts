import type { Operation } from "./program.ts";
import { channelsOf, type Rule } from "./scale_site.ts";

/** Axis of the channels of a kernel: how many there are, and how many numbers of each follow. */
interface KernelAxis {
  readonly size: number;
  readonly inner: number;
}

/** A product with a constant kernel, which takes all scales. */
export const product = (
  x: string,
  kernel: string,
  axes: (shape: readonly number[], attributes: Operation["attributes"]) =>
    | { readonly input: KernelAxis; readonly output: KernelAxis }
    | undefined,
): Rule =>
({ nodes, constant, operation, outputs: [output], absorb, scales }) => {
  const [given, numbers] = [nodes(x), constant(kernel)];
  const found = given && numbers && axes(numbers.shape, operation.attributes);
  if (!found || found.input.size !== given.length || found.output.size !== output.length) {
    return false;
  }
  absorb(
    kernel,
    { nodes: given, inner: found.input.inner, as: "reading" },
    { nodes: output, inner: found.output.inner, as: "writing" },
  );
  scales.count("readers", given);
  scales.count("writers", output);
  return true;
};

/** A product that may be with a constant. */
export const multiply: Rule = (site) => {
  const { nodes, scales, outputs: [output], absorb } = site;
  const [x, factor] = nodes("a") ? ["a", "b"] : ["b", "a"];
  const given = nodes(x);
  if (!given) return false;
  if (nodes(factor)) {
    site.later(productOfValues);
    return true;
  }
  const [shape, factors] = [site.shape(x), site.shape(factor)];
  const channels = channelsOf(factors);
  const ofChannels = factors.slice(0, -1).every((side) => side === 1) &&
    factors.length <= shape.length && given.length === output.length &&
    (channels === 1 || channels === given.length);
  if (ofChannels) site.mayGo(x, factor);
  else if (channels === output.length) {
    absorb(
      factor,
      { nodes: given, inner: 1, as: "reading" },
      { nodes: output, inner: 1, as: "writing" },
    );
  } else {
    scales.tie(given, output);
    return true;
  }
  scales.count("readers", given);
  scales.count("writers", output);
  return true;
};

/** Where one of two factors keeps its numbers, scales of the other pass. */
const productOfValues: Rule = ({ nodes, scales, outputs: [output] }) => {
  const [a, b] = [nodes("a")!, nodes("b")!];
  const free = scales.pinned(b) ? a : scales.pinned(a) ? b : undefined;
  if (!free || (free.length > 1 && free.length !== output.length)) return false;
  scales.tie(free, output);
  return true;
};

export const quotient: Rule = (site) => {
  if (!site.nodes("a") || !site.nodes("b")) return false;
  site.later((late) => late.scales.pinned(late.nodes("b")!) && productOfValues(late));
  return true;
};

export const matMul: Rule = (site) =>
  !site.operation.attributes.transposeA &&
  product("a", "b", (shape, { transposeB }) => {
    const [rows, columns] = shape.slice(-2);
    if (shape.length < 2) return undefined;
    const [first, second] = [{ size: rows, inner: columns }, { size: columns, inner: 1 }];
    return transposeB ? { input: second, output: first } : { input: first, output: second };
  })(site);

export const places = (rule: Rule): Rule => (site) => {
  const { dataFormat = "NHWC" } = site.operation.attributes;
  return dataFormat === "NHWC" && rule(site);
};
