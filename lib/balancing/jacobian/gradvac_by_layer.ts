import { gramianOf, weightedSum } from "../../math/matrix.ts";
import { Random, type RandomState } from "../../math/random.ts";
import type { JacobianBalancer } from "../balancer.ts";
import { checkBeta, gradvacWeights, grownTargets } from "../gramian/gradvac.ts";
import { visitingOrder } from "../gramian/pcgrad.ts";
import { jacobianMethod } from "./_jacobian_method.ts";

/** Settings of {@linkcode gradvacByLayer}. */
export interface GradvacByLayerOptions {
  /** Seed of the random orders. Default 0. */
  readonly seed?: number | string;
  /** Share of the newest cosine in its moving average, above 0 and at most 1. Default 0.5. */
  readonly beta?: number;
}

/**
 * Gradient vaccine (GradVac) for each group of columns (each variable) on its own, as the paper
 * advises; see `gradvac`. Without groups the whole gradient is one group.
 *
 * Wang et al., "Gradient Vaccine", ICLR 2021, arXiv 2010.05874.
 */
export function gradvacByLayer(options: GradvacByLayerOptions = {}): JacobianBalancer {
  const { seed = 0, beta = 0.5 } = options;
  checkBeta(beta);
  let random = Random.stream(seed, "gradvac");
  /** Moving averages of the cosines by group, `[groups][tasks][tasks]`. */
  let targets: number[][][] = [];
  return jacobianMethod({
    name: "gradvac",
    configuration: { seed, beta, byLayer: true },
    combine(jacobian, { present, tasks, groups = [jacobian[0].length] }) {
      targets = groups.map((_, group) => grownTargets(targets[group] ?? [], tasks));
      const orders = jacobian.map((_, task) => visitingOrder(task, jacobian.length, random));
      const update = new Array<number>(jacobian[0].length).fill(0);
      let start = 0;
      groups.forEach((length, group) => {
        const end = start + length;
        const block = jacobian.map((row) => row.subarray(start, end));
        const local = present.map((row) => present.map((column) => targets[group][row][column]));
        const weights = gradvacWeights(gramianOf(block), orders, local, beta);
        present.forEach((row, i) =>
          present.forEach((column, j) => targets[group][row][column] = local[i][j])
        );
        const part = weightedSum(block, weights);
        for (let column = 0; column < length; column++) update[start + column] = part[column];
        start = end;
      });
      if (start !== update.length) {
        throw new RangeError(
          `The groups have ${start} columns, but the Jacobian has ${update.length}.`,
        );
      }
      return { update };
    },
    state: () => ({
      random: random.state(),
      targets: targets.map((group) => group.map((row) => [...row])),
    }),
    restore(state) {
      random = Random.fromState(state.random as RandomState);
      targets = (state.targets as number[][][]).map((group) => group.map((row) => [...row]));
    },
    reset() {
      random = Random.stream(seed, "gradvac");
      targets = [];
    },
  });
}
