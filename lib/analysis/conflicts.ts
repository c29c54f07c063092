import { symmetricEigen } from "../math/symmetric_eigen.ts";
import type { History } from "../training/mod.ts";

/** How the gradients of some tasks lie to each other. */
export interface GradientGeometry {
  /** Lengths of the gradients. */
  readonly lengths: readonly number[];
  /** Cosines of all pairs, from -1 (opposite) to 1; `NaN` with a zero gradient. */
  readonly cosines: readonly (readonly number[])[];
  /** `2 |g_i| |g_j| / (|g_i|^2 + |g_j|^2)` of all pairs: 1 for equal lengths, towards 0 else. */
  readonly magnitudeSimilarities: readonly (readonly number[])[];
  /**
   * Largest singular value of the gradients over the smallest: 1 for orthogonal gradients of equal
   * length, `Infinity` when they are dependent up to the rounding error of the Gramian.
   */
  readonly conditionNumber: number;
}

/**
 * Cosines, magnitude similarities and the condition number of task gradients.
 *
 * Yu et al. (PCGrad, 2020) for the similarities, Senushkin et al. (Aligned-MTL, 2023) for the
 * condition number.
 *
 * ```ts
 * import { gradientGeometry } from "polytask";
 * const { cosines } = gradientGeometry([[18, -22], [-22, 38]]);
 * if (Math.abs(cosines[0][1] + 0.84119102) > 1e-8) throw new Error("not the cosine");
 * ```
 *
 * @param gramian Inner products of the gradients, `[K][K]`.
 * @param epsilon Relative rounding error of the Gramian. Default that of float64.
 */
export function gradientGeometry(
  gramian: readonly (readonly number[])[],
  epsilon = Number.EPSILON,
): GradientGeometry {
  const lengths = gramian.map((row, i) => Math.sqrt(row[i]));
  const pairs = (of: (i: number, j: number) => number) =>
    gramian.map((_, i) => gramian.map((_, j) => of(i, j)));
  const { values } = symmetricEigen(gramian);
  const largest = values[values.length - 1];
  const smallest = values[0];
  return {
    lengths,
    cosines: pairs((i, j) => gramian[i][j] / (lengths[i] * lengths[j])),
    magnitudeSimilarities: pairs((i, j) =>
      2 * lengths[i] * lengths[j] / (lengths[i] ** 2 + lengths[j] ** 2)
    ),
    conditionNumber: smallest > largest * gramian.length * epsilon
      ? Math.sqrt(largest / smallest)
      : Infinity,
  };
}

/** The geometry of one recorded step. */
export interface ConflictRecord extends GradientGeometry {
  /** Updates made, from 1. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Tasks present, in the order of the rows. */
  readonly tasks: readonly string[];
  /** Weights that the balancer gave them. */
  readonly weights?: readonly number[];
}

/** One pair of tasks over the recorded steps in which both were present. */
export interface PairTrajectory {
  /** The steps in which the gradients were compared, from 1. */
  readonly steps: readonly number[];
  /** Cosine of the two gradients in each of these steps, in [-1, 1]. */
  readonly cosines: readonly number[];
  /** How alike the two lengths are in each of these steps, in [0, 1]. */
  readonly magnitudeSimilarities: readonly number[];
}

/** Float32 sums: the Gramian of a history comes from tensors. */
const FLOAT32_EPSILON = 2 ** -23;

/** How the task gradients of a run lay to each other over time. Made by {@linkcode conflicts}. */
export class Conflicts {
  /** @internal Made by {@linkcode conflicts}. */
  constructor(
    /** Names of all tasks. */
    readonly tasks: readonly string[],
    readonly records: readonly ConflictRecord[],
  ) {}

  /**
   * The course of one pair.
   * @throws {RangeError} When there is no task of that name.
   */
  pair(first: string, second: string): PairTrajectory {
    for (const name of [first, second]) {
      if (this.tasks.includes(name)) continue;
      throw new RangeError(`There is no task "${name}"; there are ${this.tasks.join(", ")}.`);
    }
    const both = this.records.flatMap((record) => {
      const [i, j] = [record.tasks.indexOf(first), record.tasks.indexOf(second)];
      return i < 0 || j < 0 ? [] : [{ record, i, j }];
    });
    return {
      steps: both.map(({ record }) => record.step),
      cosines: both.map(({ record, i, j }) => record.cosines[i][j]),
      magnitudeSimilarities: both.map(({ record, i, j }) => record.magnitudeSimilarities[i][j]),
    };
  }

  /** Mean cosine of every pair, `[K][K]`; `NaN` for pairs that were never present together. */
  meanCosines(): number[][] {
    return this.#overPairs((cosines) =>
      cosines.reduce((sum, value) => sum + value, 0) / cosines.length
    );
  }

  /**
   * Cosines of every pair at the last recorded step that is not after `step`, `[K][K]`; `NaN` for
   * pairs that were not present in it.
   * @throws {RangeError} When nothing was recorded up to that step.
   */
  cosinesAt(step: number): { readonly step: number; readonly cosines: number[][] } {
    const record = this.records.findLast((each) => each.step <= step);
    if (!record) {
      throw new RangeError(
        `Nothing was recorded up to step ${step}; the first recorded step is ${
          this.records[0]?.step
        }.`,
      );
    }
    const places = this.tasks.map((task) => record.tasks.indexOf(task));
    return {
      step: record.step,
      cosines: places.map((i) => places.map((j) => record.cosines[i]?.[j] ?? NaN)),
    };
  }

  /** Share of the recorded steps in which a pair conflicted (a cosine below 0), `[K][K]`. */
  conflictShares(): number[][] {
    return this.#overPairs((cosines) =>
      cosines.filter((value) => value < 0).length / cosines.length
    );
  }

  /** A plain object for `JSON.stringify`. */
  toJSON(): { readonly tasks: readonly string[]; readonly records: readonly ConflictRecord[] } {
    return { tasks: this.tasks, records: this.records };
  }

  #overPairs(summarize: (cosines: readonly number[]) => number): number[][] {
    return this.tasks.map((first) =>
      this.tasks.map((second) =>
        summarize(this.pair(first, second).cosines.filter((value) => !Number.isNaN(value)))
      )
    );
  }
}

/**
 * The conflicts between the tasks of a run that was trained with `gramianEvery`.
 *
 * @throws {Error} When the history holds no Gramian.
 */
export function conflicts(history: History): Conflicts {
  const records = history.steps.flatMap(({ step, epoch, losses, weights, gramian }) => {
    if (!gramian) return [];
    // In the order of the model, as the rows of the Gramian: keys that look like numbers move.
    const tasks = history.tasks.filter((task) => task in losses);
    return [{
      step,
      epoch,
      tasks,
      ...weights && { weights: tasks.map((task) => weights[task]) },
      ...gradientGeometry(gramian, FLOAT32_EPSILON),
    }];
  });
  if (records.length === 0) {
    throw new Error(
      "This history holds no inner products of task gradients; train with fit's option gramianEvery.",
    );
  }
  return new Conflicts(history.tasks, records);
}
