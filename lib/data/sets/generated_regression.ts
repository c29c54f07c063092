import { Random } from "../../math/random.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { numpyNormals } from "./_numpy_normals.ts";
import { checkSize, type Parts, type PartSizes } from "./_parts.ts";
import { numberTarget } from "./_table_set.ts";

/** Options of {@linkcode relatedTasks}. */
export interface RelatedTasksOptions extends PartSizes {
  /** Cosine of the angle between the weights of the two tasks, -1 to 1. Default 0.5. */
  readonly correlation?: number;
  /** Number of features. Default 100. */
  readonly dimensions?: number;
  /** Length c of the weights. The paper does not give it. Default 1. */
  readonly scale?: number;
}

/** What {@linkcode relatedTasks} gives. */
export interface RelatedTasks extends Parts<"features", "first" | "second"> {
  /** What the labels were made with. */
  readonly truth: {
    /** `[dimensions]` of each task. */
    readonly weights: readonly [Float64Array, Float64Array];
    readonly frequencies: readonly number[];
    readonly phases: readonly number[];
  };
}

const SINES = 5;
const NOISE = 0.1;
const MOST = 1_000_000;

/**
 * Two regression tasks of tunable relatedness, after the MMoE paper. Generated: no download.
 *
 * Recipe: u1 and u2 are random unit vectors at a right angle; w1 = c u1, w2 = c (ρ u1 + sqrt(1 - ρ²)
 * u2) with ρ = `correlation`; x is standard normal; y_k = w_k·x + Σ_i sin(α_i w_k·x + β_i) + noise of
 * variance 0.01, i = 1 to 5. The paper gives neither c nor α nor β: here c = `scale`, and α_i and β_i
 * are standard normal, drawn with the seed, as in Drawbridge's published code (keras-mmoe); both
 * tasks share them.
 *
 * Records: `train` (default 10,000), `validation` (1,000), `test` (1,000). Input `features`
 * `[dimensions]`; targets `first` and `second`. Cite: J. Ma et al. Modeling task relationships in
 * multi-task learning with multi-gate mixture-of-experts. KDD 2018.
 *
 * Known traps: ρ is the cosine of the weights, not the correlation of the labels (the sines lower
 * it). Differences between methods are as large as those between seeds: compare paired seeds.
 */
export function relatedTasks(options: RelatedTasksOptions = {}): RelatedTasks {
  const { correlation = 0.5, dimensions = 100, scale = 1, seed = 0 } = options;
  const { train = 10_000, validation = 1_000, test = 1_000 } = options;
  if (!(Math.abs(correlation) <= 1)) {
    throw new RangeError(`correlation must be from -1 to 1, but is ${correlation}.`);
  }
  if (!Number.isInteger(dimensions) || dimensions < 2) {
    throw new RangeError(`dimensions must be a whole number from 2, but is ${dimensions}.`);
  }
  const random = Random.stream(seed, "related tasks");
  const one = unitVector(dimensions, random, []);
  const other = unitVector(dimensions, random, [one]);
  const across = Math.sqrt(1 - correlation ** 2);
  const weights = [
    one.map((value) => scale * value),
    one.map((value, at) => scale * (correlation * value + across * other[at])),
  ] as const;
  const frequencies = Array.from({ length: SINES }, () => random.normal());
  const phases = frequencies.map(() => random.normal());
  const part = (name: string, size: number) => {
    checkSize("Related tasks", name, size, MOST);
    const draws = Random.stream(seed, `related tasks, ${name}`);
    const features = Float32Array.from({ length: size * dimensions }, () => draws.normal());
    const labels = weights.map((weight) =>
      Float32Array.from({ length: size }, (_, row) => {
        let product = 0;
        for (let at = 0; at < dimensions; at++) {
          product += weight[at] * features[row * dimensions + at];
        }
        const waves = frequencies.reduce(
          (sum, each, at) => sum + Math.sin(each * product + phases[at]),
          0,
        );
        return product + waves + NOISE * draws.normal();
      })
    );
    return MultiTaskDataset.from({
      inputs: { features: { values: features, shape: [dimensions] } },
      targets: { first: numberTarget(labels[0]), second: numberTarget(labels[1]) },
      name: `related tasks (${correlation}) ${name}`,
      description:
        "Generated: two regression tasks of known relatedness (recipe of Ma et al. 2018).",
      origin: "generated",
    });
  };
  return {
    train: part("train", train),
    validation: part("validation", validation),
    test: part("test", test),
    truth: { weights, frequencies, phases },
  };
}

/** A random vector of length 1 at right angles to `others`. */
function unitVector(
  dimensions: number,
  random: Random,
  others: readonly Float64Array[],
): Float64Array {
  const vector = Float64Array.from({ length: dimensions }, () => random.normal());
  for (const other of others) {
    const along = vector.reduce((sum, value, at) => sum + value * other[at], 0);
    vector.forEach((value, at) => vector[at] = value - along * other[at]);
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** Options of {@linkcode unequalNoise}. */
export interface UnequalNoiseOptions {
  /** Number of examples. Default 100. */
  readonly rows?: number;
  /** Default 0. */
  readonly seed?: number | string;
  /**
   * `"numpy"` draws as NumPy's `RandomState(seed)` does, in the order of the published notebook: with
   * 100 rows and seed 0 these are its very rows. Default `"polytask"`.
   */
  readonly generator?: "polytask" | "numpy";
}

/**
 * Two straight lines with unequal noise, the toy of uncertainty weighting: x is standard normal,
 * `noisy` = 2 x + 8 + noise of deviation 10, `clean` = 3 x + 3 + noise of deviation 1. Generated: no
 * download.
 *
 * Input `x` `[1]`. With linear heads, the learned deviations must equal the root mean squares of what
 * least squares leave over on the same rows; for the rows of the published notebook (`generator:
 * "numpy"`) these are 10.28188628 and 0.94924083. Cite: A. Kendall, Y. Gal, R. Cipolla. Multi-task
 * learning using uncertainty to weigh losses. CVPR 2018.
 *
 * @throws {RangeError} When `rows` is no size, or `seed` none that the generator takes.
 */
export function unequalNoise(
  options: UnequalNoiseOptions = {},
): MultiTaskDataset<"x", "noisy" | "clean"> {
  const { rows = 100, seed = 0, generator = "polytask" } = options;
  checkSize("Unequal noise", "rows", rows, MOST);
  const random = Random.stream(seed, "unequal noise");
  const normal = generator === "numpy" ? numpyNormals(seed) : () => random.normal();
  const x = Float32Array.from({ length: rows }, normal);
  return MultiTaskDataset.from({
    inputs: { x: { values: x, shape: [1] } },
    targets: {
      noisy: numberTarget(x.map((value) => 2 * value + 8 + 10 * normal())),
      clean: numberTarget(x.map((value) => 3 * value + 3 + normal())),
    },
    name: "unequal noise",
    description: "Generated: two lines with noise of deviation 10 and 1 (Kendall et al. 2018).",
    origin: "generated",
  });
}

/** Options of {@linkcode unequalScales}. */
export interface UnequalScalesOptions extends PartSizes {
  /** Factor of each task; as many tasks as factors. Default `[1, 100]`. */
  readonly factors?: readonly number[];
  /** Length of the inputs. Default 250. */
  readonly inputs?: number;
  /** Length of the targets. Default 100. */
  readonly outputs?: number;
}

/**
 * Regression tasks that differ in scale, the toy of GradNorm: task k is s_k tanh((B + E_k) x) with a
 * matrix B for all tasks (variance 10), a small one of its own E_k (variance 3.5) and standard
 * normal x, without noise. Generated: no download.
 *
 * Records: `train` (default 2,000), `validation` (200), `test` (200). Input `features` `[inputs]`;
 * targets `task1`, `task2` and so on, `[outputs]`, from -s_k to s_k. Cite: Z. Chen et al. GradNorm.
 * ICML 2018.
 *
 * Known traps: the paper writes N(0, 10), read as the variance here; with 250 inputs almost every
 * tanh is at -1 or 1, so the tasks are close to classification. Losses differ by the square of the
 * factors; judge a method by each loss divided by s_k².
 */
export function unequalScales(options: UnequalScalesOptions = {}): Parts<"features", string> {
  const { factors = [1, 100], inputs = 250, outputs = 100, seed = 0 } = options;
  const { train = 2_000, validation = 200, test = 200 } = options;
  for (const [name, value] of Object.entries({ inputs, outputs, tasks: factors.length })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number from 1, but is ${value}.`);
    }
  }
  const random = Random.stream(seed, "unequal scales");
  const matrix = (variance: number) =>
    Float64Array.from({ length: outputs * inputs }, () => Math.sqrt(variance) * random.normal());
  const shared = matrix(10);
  const own = factors.map(() => matrix(3.5));
  const part = (name: string, size: number) => {
    checkSize("Unequal scales", name, size, MOST);
    const draws = Random.stream(seed, `unequal scales, ${name}`);
    const features = Float32Array.from({ length: size * inputs }, () => draws.normal());
    const targets = factors.map((factor, task) => {
      const values = new Float32Array(size * outputs);
      for (let row = 0; row < size; row++) {
        for (let output = 0; output < outputs; output++) {
          let sum = 0;
          for (let at = 0; at < inputs; at++) {
            const place = output * inputs + at;
            sum += (shared[place] + own[task][place]) * features[row * inputs + at];
          }
          values[row * outputs + output] = factor * Math.tanh(sum);
        }
      }
      return [`task${task + 1}`, { values, shape: [outputs] }] as const;
    });
    return MultiTaskDataset.from<"features", string>({
      inputs: { features: { values: features, shape: [inputs] } },
      targets: Object.fromEntries(targets),
      name: `unequal scales ${name}`,
      description: "Generated: regression tasks of unequal scale (recipe of Chen et al. 2018).",
      origin: "generated",
    });
  };
  return {
    train: part("train", train),
    validation: part("validation", validation),
    test: part("test", test),
  };
}
