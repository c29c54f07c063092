import * as tf from "@tensorflow/tfjs";
import { dot } from "../../math/matrix.ts";
import type { LossBalancer } from "../balancer.ts";
import { lossMethod, type LossStep } from "./_loss_method.ts";

/** Settings of {@linkcode pbi}. */
export interface PbiOptions {
  /** Direction in which the losses are to lie, entries 0 or more. Default 1 each. */
  readonly preference?: readonly number[];
  /** Factor of the distance from that direction, 0 or more. Default 5, as in the paper. */
  readonly penalty?: number;
  /** Ideal losses that are subtracted. Default 0. */
  readonly reference?: readonly number[];
}

/** Added to the squared distance, which has no derivative of its root at 0. */
const TINY = 1e-12;

/**
 * Penalty-based boundary intersection (PBI): how far the losses have come along a direction, plus
 * `penalty` times their distance from it.
 *
 * With `l = L - reference` and the unit vector `u` along the preference: `d + penalty |l - d u|`,
 * where `d = l . u`. Weights may be negative. Each direction leads to a point of the Pareto front.
 *
 * Zhang and Li, "MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition", IEEE
 * Transactions on Evolutionary Computation, 2007. 1e-12 is added under the root of the distance.
 */
export function pbi(options: PbiOptions = {}): LossBalancer {
  const { preference, penalty = 5, reference } = options;
  if (!(penalty >= 0)) throw new RangeError(`penalty must be 0 or more, but is ${penalty}.`);
  if (preference && !preference.every((entry) => entry >= 0)) {
    throw new RangeError(
      `A preference must have entries of 0 or more, but is [${preference.join(", ")}].`,
    );
  }
  const unitOf = ({ present }: LossStep) => {
    const direction = present.map((task) => preference ? preference[task] : 1);
    const length = Math.sqrt(dot(direction, direction));
    return direction.map((entry) => length > 0 ? entry / length : 0);
  };
  const idealsOf = ({ present }: LossStep) => present.map((task) => reference?.[task] ?? 0);
  return lossMethod({
    name: "pbi",
    configuration: { preference, penalty, reference },
    perTask: { preference, reference },
    combine(losses, step) {
      const unit = unitOf(step);
      const shifted = tf.stack([...losses]).sub(idealsOf(step));
      const along = shifted.mul(unit).sum();
      const aside = shifted.sub(along.mul(unit));
      return along.add(aside.square().sum().add(TINY).sqrt().mul(penalty));
    },
    weights(losses, step) {
      const unit = unitOf(step);
      const ideals = idealsOf(step);
      const shifted = losses.map((loss, i) => loss - ideals[i]);
      const along = dot(shifted, unit);
      const aside = shifted.map((value, i) => value - along * unit[i]);
      const distance = Math.sqrt(dot(aside, aside) + TINY);
      return unit.map((entry, i) => entry + penalty * aside[i] / distance);
    },
  });
}
