import type { Rows } from "../../math/matrix.ts";
import type { GramianBalancer } from "../balancer.ts";
import { gramianMethod, type GramianOptions } from "./_gramian_method.ts";

/** Settings of {@linkcode krum}. */
export interface KrumOptions extends GramianOptions {
  /**
   * Number of gradients that may be wrong in any way; needs that many and 3 tasks. Default 1, or 0
   * when fewer than 4 tasks are present.
   */
  readonly byzantine?: number;
  /** Number of gradients that are averaged. Default 1. */
  readonly selected?: number;
  /**
   * What is added up to a score: the squares of the distances, as in the paper (default), or the
   * distances themselves, as TorchJD does.
   */
  readonly distances?: "squared" | "plain";
}

/**
 * Multi-Krum: the mean of the gradients that lie closest to their neighbours, so that a few wild
 * ones have no say.
 *
 * The score of a gradient is the sum of its squared distances to the `K - byzantine - 2` nearest
 * others; the `selected` smallest scores win, ties by position. With one or two tasks all are alike.
 *
 * Blanchard et al., "Machine Learning with Adversaries", NeurIPS 2017.
 */
export function krum(options: KrumOptions = {}): GramianBalancer {
  const { byzantine, selected = 1, distances = "squared" } = options;
  return gramianMethod({
    name: "krum",
    configuration: { byzantine, selected, distances },
    solve: (gramian) => ({ weights: krumWeights(gramian, byzantine, selected, distances) }),
  }, options);
}

/** Multi-Krum's weights. */
export function krumWeights(
  gramian: Rows,
  byzantine: number | undefined,
  selected: number,
  kind: "squared" | "plain" = "squared",
): number[] {
  const count = gramian.length;
  const nearest = byzantine === undefined
    ? Math.max(count - (count > 3 ? 3 : 2), 1)
    : count - byzantine - 2;
  if (nearest < 1 || selected < 1 || selected > count) {
    throw new RangeError(
      `krum with byzantine ${byzantine ?? 0} and selected ${selected} needs at least ` +
        `${Math.max((byzantine ?? 0) + 3, selected)} tasks, but ${count} are present.`,
    );
  }
  const scores = gramian.map((row, i) => {
    const squares = gramian.flatMap((other, j) =>
      i === j ? [] : [Math.max(row[i] + other[j] - 2 * row[j], 0)]
    ).sort((a, b) => a - b).slice(0, nearest);
    return squares.reduce(
      (sum, square) => sum + (kind === "squared" ? square : Math.sqrt(square)),
      0,
    );
  });
  const ranked = scores.map((_, i) => i).sort((a, b) => scores[a] - scores[b] || a - b);
  const weights = new Array<number>(count).fill(0);
  for (const task of ranked.slice(0, selected)) weights[task] = 1 / selected;
  return weights;
}
