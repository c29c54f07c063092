import { meanInterval } from "../math/mean_interval.ts";
import { Breather, InterruptWatch } from "../training/interrupt.ts";

/** What one run measured: figures (accuracies, losses) by name. */
export type Figures<Figure extends string = string> = Readonly<Record<Figure, number>>;

/** Settings of {@linkcode compare}. */
export interface CompareOptions<Variant extends string, Figure extends string> {
  /** Seeds that every variant is run with; at least two, so that there is an interval. */
  readonly seeds: readonly number[];
  /** What is compared: each trains and measures once with the seed that it is given. */
  readonly variants: Readonly<
    Record<Variant, (seed: number) => Figures<Figure> | Promise<Figures<Figure>>>
  >;
  /** The variant that the others are measured against. Default: the first. */
  readonly baseline?: NoInfer<Variant>;
  /** Told before each run. */
  readonly onRun?: (run: {
    readonly variant: Variant;
    readonly seed: number;
    readonly done: number;
    readonly total: number;
  }) => void | Promise<void>;
}

/** How much a variant differs from the baseline in one figure, seed by seed. */
export interface PairedDifference<Variant extends string = string, Figure extends string = string> {
  /** The variant that is held against the baseline. */
  readonly variant: Variant;
  /** The figure that is compared. */
  readonly figure: Figure;
  /** Mean over the seeds of variant minus baseline. */
  readonly mean: number;
  /** Ends of its 95 % interval (Student's t on the paired differences). */
  readonly lower: number;
  /** Upper end; see `lower`. */
  readonly upper: number;
  /** Seeds on which the variant had the higher figure. */
  readonly higher: number;
  /** Seeds that both were run with. */
  readonly seeds: number;
}

/** Figures of several variants over the same seeds. */
export class Comparison<Variant extends string = string, Figure extends string = string> {
  /** @internal Made by {@linkcode compare}. */
  constructor(
    /** Seeds that every variant was run with to the end. */
    readonly seeds: readonly number[],
    readonly baseline: Variant,
    /** `runs[variant][figure]` holds one value a seed, in the order of the seeds. */
    readonly runs: Readonly<Record<Variant, Readonly<Record<Figure, readonly number[]>>>>,
    /** Seeds that were asked for: more than `seeds` where an interrupt ended the comparison. */
    readonly seedsAsked: number = seeds.length,
  ) {}

  /** Whether an interrupt ended the comparison before all seeds were done. */
  get interrupted(): boolean {
    return this.seeds.length < this.seedsAsked;
  }

  /** Mean and 95 % interval of every figure of every variant. */
  means(): {
    variant: Variant;
    figure: Figure;
    mean: number;
    lower: number;
    upper: number;
  }[] {
    return this.#each((variant, figure) => ({
      variant,
      figure,
      ...meanInterval(this.runs[variant][figure]),
    }));
  }

  /** What each variant changed against the baseline, paired by seed. */
  differences(): PairedDifference<Variant, Figure>[] {
    return this.#each((variant, figure) => {
      const base = this.runs[this.baseline][figure];
      const gains = this.runs[variant][figure].map((value, at) => value - base[at]);
      const higher = gains.filter((gain) => gain > 0).length;
      return { variant, figure, ...meanInterval(gains), higher, seeds: gains.length };
    }).filter(({ variant }) => variant !== this.baseline);
  }

  #each<Row>(row: (variant: Variant, figure: Figure) => Row): Row[] {
    return (Object.keys(this.runs) as Variant[]).flatMap((variant) =>
      (Object.keys(this.runs[variant]) as Figure[]).map((figure) => row(variant, figure))
    );
  }
}

/**
 * Runs every variant with every seed, so that differences can be taken seed by seed: what a lucky
 * draw of data or weights gives to one variant it gives to all.
 *
 * An interrupt (Ctrl+C, the stop button) ends the comparison, the training under way at its next
 * step: it then holds the seeds that all variants were done with, says so in a line and in
 * {@linkcode Comparison.interrupted}, and what the stopped run measured does not count.
 *
 * ```ts
 * import { compare } from "polytask";
 * const comparison = await compare({
 *   seeds: [1, 2, 3],
 *   variants: {
 *     "single task": (seed) => ({ accuracy: 0.9 + 0.01 * seed }),
 *     "hard sharing": (seed) => ({ accuracy: 0.91 + 0.011 * seed }),
 *   },
 * });
 * console.log(comparison.differences()[0].lower > 0); // true: better on this evidence
 * ```
 *
 * @throws {RangeError} When there are fewer than two seeds or no variant, a seed comes twice, or a
 * variant gives other figures than the first.
 */
export async function compare<Variant extends string, Figure extends string>(
  options: CompareOptions<Variant, Figure>,
): Promise<Comparison<Variant, Figure>> {
  const { seeds, variants, onRun } = options;
  const names = Object.keys(variants) as Variant[];
  if (names.length === 0) throw new RangeError("There is no variant to compare.");
  if (seeds.length < 2 || new Set(seeds).size < seeds.length) {
    throw new RangeError(`A comparison needs two or more different seeds, but has [${seeds}].`);
  }
  const baseline = options.baseline ?? names[0];
  if (!names.includes(baseline)) {
    throw new RangeError(`The baseline "${baseline}" is not among the variants: ${names}.`);
  }
  const runs = Object.fromEntries(names.map((name) => [name, {}])) as Record<
    Variant,
    Record<Figure, number[]>
  >;
  const total = seeds.length * names.length;
  const finished: number[] = [];
  const interrupt = new InterruptWatch();
  const breather = new Breather();
  let figures: string | undefined;
  let done = 0;
  /** The figures of all variants with one seed; nothing when an interrupt came. */
  const runSeed = async (seed: number): Promise<Map<Variant, Figures<Figure>> | undefined> => {
    const all = new Map<Variant, Figures<Figure>>();
    for (const variant of names) {
      await onRun?.({ variant, seed, done, total });
      const measured = await variants[variant](seed);
      await breather.breathe();
      if (interrupt.requested) return undefined;
      const keys = Object.keys(measured) as Figure[];
      figures ??= `${keys}`;
      if (`${keys}` !== figures) {
        throw new RangeError(
          `Variant "${variant}" gave the figures ${keys}, but the first gave ${figures}.`,
        );
      }
      all.set(variant, measured);
      done++;
    }
    return all;
  };
  try {
    for (const seed of seeds) {
      // A variant need not cope with a training that was stopped.
      const all = await runSeed(seed).catch((error) => {
        if (interrupt.requested) return undefined;
        throw error;
      });
      if (!all) break;
      for (const [variant, measured] of all) {
        for (const key of Object.keys(measured) as Figure[]) {
          (runs[variant][key] ??= []).push(measured[key]);
        }
      }
      finished.push(seed);
    }
  } finally {
    interrupt.stop();
  }
  const comparison = new Comparison(finished, baseline, runs, seeds.length);
  if (comparison.interrupted) {
    console.warn(
      `The comparison was interrupted and holds ${finished.length} of ${seeds.length} seeds; run it again for all.`,
    );
  }
  return comparison;
}
