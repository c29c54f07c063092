/** Losses at a point of the plane and their gradients, one row a task. */
export interface Evaluation {
  readonly losses: [number, number];
  readonly jacobian: [[number, number], [number, number]];
}

/** Logarithms are taken of at least this. */
const FLOOR = 5e-6;

/**
 * The two-valley problem of Liu et al. (CAGrad, NeurIPS 2021): the Pareto set lies near
 * `x2 = -8.355`, `x1` from -7 to 7, behind two pits in which single losses get stuck.
 */
export function twoValleys(x1: number, x2: number): Evaluation {
  const upper = Math.max(Math.tanh(x2 / 2), 0);
  const lower = Math.max(Math.tanh(-x2 / 2), 0);
  const slope = 0.5 / Math.cosh(x2 / 2) ** 2;
  const upperSlope = x2 >= 0 ? slope : 0;
  const lowerSlope = x2 <= 0 ? -slope : 0;
  const bend = 1 / Math.cosh(x2) ** 2;
  const [first, second] = [
    {
      pit: 0.5 * (-x1 - 7) + Math.tanh(x2),
      pitSlope: [-0.5, bend],
      bowl: ((7 - x1) ** 2 + 0.1 * (x2 + 8) ** 2) / 10 - 20,
      bowlSlope: [(x1 - 7) / 5, (x2 + 8) / 50],
    },
    {
      pit: 0.5 * (-x1 + 3) - Math.tanh(x2) + 2,
      pitSlope: [-0.5, -bend],
      bowl: ((x1 + 7) ** 2 + 0.1 * (x2 + 8) ** 2) / 10 - 20,
      bowlSlope: [(x1 + 7) / 5, (x2 + 8) / 50],
    },
  ].map(({ pit, pitSlope, bowl, bowlSlope }) => {
    const log = Math.log(Math.max(Math.abs(pit), FLOOR)) + 6;
    const steep = Math.abs(pit) > FLOOR ? 1 / pit : 0;
    return {
      loss: upper * log + lower * bowl,
      gradient: [
        upper * steep * pitSlope[0] + lower * bowlSlope[0],
        upperSlope * log + upper * steep * pitSlope[1] + lowerSlope * bowl + lower * bowlSlope[1],
      ] as [number, number],
    };
  });
  return { losses: [first.loss, second.loss], jacobian: [first.gradient, second.gradient] };
}

/** Goes down with Adam along the updates that `combine` makes of the gradients. */
export function descend(
  start: readonly [number, number],
  combine: (jacobian: number[][]) => readonly number[],
  options: { readonly steps: number; readonly scale?: number; readonly learningRate?: number },
): [number, number] {
  const { steps, scale = 1, learningRate = 1e-3 } = options;
  const point: [number, number] = [...start];
  const mean = [0, 0];
  const square = [0, 0];
  for (let step = 1; step <= steps; step++) {
    const { jacobian } = twoValleys(...point);
    const update = combine([jacobian[0].map((value) => scale * value), jacobian[1]]);
    for (const axis of [0, 1]) {
      mean[axis] = 0.9 * mean[axis] + 0.1 * update[axis];
      square[axis] = 0.999 * square[axis] + 0.001 * update[axis] ** 2;
      const corrected = Math.sqrt(square[axis] / (1 - 0.999 ** step)) + 1e-8;
      point[axis] -= learningRate * mean[axis] / (1 - 0.9 ** step) / corrected;
    }
  }
  return point;
}
