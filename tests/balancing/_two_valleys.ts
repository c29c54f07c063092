import { gramianMethods } from "../../lib/balancing/gramian/mod.ts";
import type { GramianBalancer } from "../../lib/balancing/balancer.ts";
import { toys } from "../../lib/data/mod.ts";
import { gramianOf } from "../../lib/math/matrix.ts";

/** Losses at a point of the plane and their gradients, one row a task. */
export interface Evaluation {
  readonly losses: [number, number];
  readonly jacobian: [[number, number], [number, number]];
}

/** The two-valley problem of Liu et al. (CAGrad, NeurIPS 2021). */
export function twoValleys(x1: number, x2: number): Evaluation {
  const { losses, gradients } = toys.twoValleys;
  return { losses: losses([x1, x2]), jacobian: gradients([x1, x2]) };
}

/** How to go down. */
export interface DescentOptions {
  readonly steps: number;
  /** Factor of the first loss. Default 1. */
  readonly scale?: number;
  /** Ends the descent early. */
  readonly arrived?: (x1: number, x2: number) => boolean;
}

/** Where Adam with a learning rate of 1e-3 gets along a method's updates. */
export function descend(
  start: readonly [number, number],
  method: keyof typeof gramianMethods,
  { steps, scale = 1, arrived }: DescentOptions,
): [number, number] {
  const balancer = (gramianMethods[method] as () => GramianBalancer)();
  const point: [number, number] = [...start];
  const [mean, square] = [[0, 0], [0, 0]];
  for (let step = 1; step <= steps; step++) {
    const [[a, b], second] = toys.twoValleys.gradients(point);
    const rows = [[scale * a, scale * b], second];
    const weights = balancer.weights(gramianOf(rows));
    for (const axis of [0, 1]) {
      const update = weights[0] * rows[0][axis] + weights[1] * rows[1][axis];
      mean[axis] = 0.9 * mean[axis] + 0.1 * update;
      square[axis] = 0.999 * square[axis] + 0.001 * update ** 2;
      const size = Math.sqrt(square[axis] / (1 - 0.999 ** step)) + 1e-8;
      point[axis] -= 1e-3 * mean[axis] / (1 - 0.9 ** step) / size;
    }
    if (arrived?.(...point)) break;
  }
  return point;
}
