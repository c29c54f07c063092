import type { HeadPlan } from "../../tasks/mod.ts";
import { conv2d, dense, flatten, type Layer, reshape, resize, upSample } from "../layers/mod.ts";

/** Filters of a decoder's layers where the task names none. */
const FILTERS = 16;
/** Sides of the image that flat features are brought to first, at most. */
const FIRST_SIDE = 8;

/**
 * A decoder: features in one line are brought to a small image; an image is doubled, a 3 x 3 ReLU
 * convolution after each doubling, while it is at most half of the size wanted, then interpolated
 * to it if need be; a 1 x 1 convolution gives the outputs of each pixel.
 *
 * `hidden` gives the filters of the convolutions, first to last; what it has more than doublings
 * follows at full size, what it lacks are 16 filters each.
 */
export function pixelsHead(
  { height, width, outputs }: Extract<HeadPlan, { kind: "pixels" }>,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  const layers: Layer[] = [];
  let sides: readonly number[] = featureShape.slice(0, 2);
  if (featureShape.length !== 3) {
    const start = startOf(height, width);
    if (featureShape.length > 1) layers.push(flatten());
    const filters = hidden[0] ?? FILTERS;
    layers.push(dense({ units: start[0] * start[1] * filters, activation: "relu" }));
    layers.push(reshape({ shape: [...start, filters] }));
    sides = start;
  }
  const filters = [...hidden];
  const convolution = (count: number) =>
    conv2d({ filters: count, kernel: 3, padding: "same", activation: "relu" });
  while (2 * sides[0] <= height && 2 * sides[1] <= width) {
    layers.push(upSample(), convolution(filters.shift() ?? FILTERS));
    sides = sides.map((side) => 2 * side);
  }
  if (sides[0] !== height || sides[1] !== width) layers.push(resize({ height, width }));
  layers.push(...filters.map(convolution));
  return [...layers, conv2d({ filters: outputs, kernel: 1 })];
}

/** The image halved until its larger side is small, or no longer even. */
function startOf(height: number, width: number): [number, number] {
  let sides: [number, number] = [height, width];
  while (Math.max(...sides) > FIRST_SIDE && sides.every((side) => side % 2 === 0)) {
    sides = [sides[0] / 2, sides[1] / 2];
  }
  return sides;
}
