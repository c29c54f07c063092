/** A place in the plane of a {@linkcode ToyProblem}. */
export type ToyPoint = readonly [number, number];

/** Two losses of two numbers, on which balancing methods go different ways. */
export interface ToyProblem {
  /** Name of the problem. */
  readonly name: string;
  /** Where the published pictures begin. */
  readonly starts: readonly ToyPoint[];
  /** The part of the plane worth drawing. */
  readonly xRange: readonly [number, number];
  /** The same for the second number. */
  readonly yRange: readonly [number, number];
  /** Both losses at a point. */
  losses(point: ToyPoint): [number, number];
  /** Their gradients, a row each. */
  gradients(point: ToyPoint): [[number, number], [number, number]];
}

/** How {@linkcode descend} goes. */
export interface DescendOptions {
  /** Where the way begins. */
  readonly start: ToyPoint;
  /** Number of steps of Adam. */
  readonly steps: number;
  /** Of Adam. Default 0.001, as in the papers. */
  readonly learningRate?: number;
  /** Factor of each loss. Default 1 each. */
  readonly scales?: readonly [number, number];
  /** Places of the way to keep besides the start, evenly spread. Default 200. */
  readonly keep?: number;
}

/** The way over a toy problem. */
export interface Descent {
  /** First number of each place kept, the start first. */
  readonly x: readonly number[];
  /** Second number of each place kept. */
  readonly y: readonly number[];
  /** Where the last step ended. */
  readonly end: ToyPoint;
}

/**
 * Goes down a toy problem with Adam along the updates that `combine` makes of the two gradients; a
 * landscape chart draws the way.
 *
 * @example
 * ```ts
 * import { asJacobianMethod, data, mgda } from "polytask";
 * const balancer = asJacobianMethod(mgda());
 * const { end } = data.toys.descend(data.toys.narrowValley, (rows) => balancer.combine(rows), {
 *   start: data.toys.narrowValley.starts[0],
 *   steps: 10_000,
 * });
 * if (Math.abs(end[1] - 6.4) > 0.1) throw new Error(`MGDA ended at ${end}`);
 * ```
 *
 * @param combine From the two gradients, `[2][2]`, to an update, `[2]`.
 */
export function descend(
  problem: ToyProblem,
  combine: (gradients: readonly (readonly number[])[]) => readonly number[],
  options: DescendOptions,
): Descent {
  const { start, steps, learningRate = 1e-3, scales = [1, 1], keep = 200 } = options;
  const every = Math.max(1, Math.floor(steps / keep));
  const point: [number, number] = [...start];
  const mean = [0, 0], square = [0, 0];
  const x = [start[0]], y = [start[1]];
  for (let step = 1; step <= steps; step++) {
    const gradients = problem.gradients(point)
      .map((row, task) => row.map((value) => scales[task] * value));
    const update = combine(gradients);
    for (const axis of [0, 1]) {
      mean[axis] = 0.9 * mean[axis] + 0.1 * update[axis];
      square[axis] = 0.999 * square[axis] + 0.001 * update[axis] ** 2;
      const size = Math.sqrt(square[axis] / (1 - 0.999 ** step)) + 1e-8;
      point[axis] -= learningRate * mean[axis] / (1 - 0.9 ** step) / size;
    }
    if (step % every === 0) {
      x.push(point[0]);
      y.push(point[1]);
    }
  }
  return { x, y, end: point };
}
