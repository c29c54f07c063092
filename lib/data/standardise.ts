import { type Column, rowSize } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";

/** Mean and standard deviation of some numbers over the training part. */
export interface Scale {
  /** What is taken off. */
  readonly mean: number;
  /** What the rest is divided by, above 0. */
  readonly deviation: number;
}

/** Which columns to standardise. */
export interface StandardiseOptions<Input extends string, Target extends string> {
  /** Default: all inputs whose rows are vectors of numbers (not of indices, as of words). */
  readonly inputs?: readonly Input[];
  /** Targets of one number a row. Default: none. */
  readonly targets?: readonly Target[];
}

/** What {@linkcode standardise} gives. */
export interface Standardised<Part extends string, Input extends string, Target extends string> {
  /** The parts with the columns brought to scale, by name. */
  readonly parts: Record<Part, MultiTaskDataset<Input, Target>>;
  /** What was taken off each target: `prediction * deviation + mean` is in its own unit. */
  readonly scales: Readonly<Partial<Record<Target, Scale>>>;
  /** What was taken off each input: one scale for each feature, channel or band. */
  readonly inputScales: Readonly<Partial<Record<Input, readonly Scale[]>>>;
  /** Predictions or labels of a task in its own unit, for a report; others come back as they are. */
  undo(task: Target, values: ArrayLike<number>): Float32Array;
  /** An error of a task (`rmse`, `mae`) in its own unit. */
  undoError(task: Target, error: number): number;
}

/**
 * Brings inputs and targets to mean 0 and deviation 1, with figures taken from the part `train` alone,
 * so that nothing is known of the others. The last side of an input's shape says what has a scale of
 * its own: each feature of a vector, each channel of images `[height, width, channels]`, each band of
 * energies `[time, bands]`. What is constant in `train` is only centred, what is only 0 and 1 stays as
 * it is.
 *
 * ```ts
 * import { data, MultiTaskDataset } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const whole = MultiTaskDataset.from({
 *   inputs: { features: { values: Float32Array.of(1, 3, 5), shape: [1] } },
 *   targets: { height: { values: Float32Array.of(10, 30, 50), shape: [] } },
 * });
 * const { parts, scales, undo, undoError } = data.standardise(
 *   { train: whole.subset([0, 1]), test: whole.subset([2]) },
 *   { targets: ["height"] },
 * );
 * deepStrictEqual([...parts.test.target("height").values], [3]);
 * deepStrictEqual(scales.height, { mean: 20, deviation: 10 });
 * deepStrictEqual([...undo("height", [3, 0])], [50, 20]);
 * deepStrictEqual(undoError("height", 0.5), 5);
 * ```
 *
 * @throws {RangeError} When `train` is empty or a column is not as it must be; names it.
 */
export function standardise<Part extends string, Input extends string, Target extends string>(
  parts: Readonly<Record<Part | "train", MultiTaskDataset<Input, Target>>>,
  // The tasks are those of the parts, not only those that are standardised.
  options: StandardiseOptions<NoInfer<Input>, NoInfer<Target>> = {},
): Standardised<Part | "train", Input, Target> {
  const { train } = parts;
  if (train.size === 0) {
    throw new RangeError("The training part is empty; there is nothing to fit.");
  }
  const vectors = (Object.keys(train.inputs) as Input[])
    .filter((name) => {
      const { values, shape } = train.inputs[name];
      return shape.length === 1 && !(values instanceof Int32Array);
    });
  const inputs = new Map<Input, readonly Scale[]>(
    (options.inputs ?? vectors).map((name) => [name, fitInput(train, name)]),
  );
  const targets = new Map((options.targets ?? []).map((name) => [name, fitTarget(train, name)]));
  const done = new Map<Column, Column>();
  const once = (column: Column, change: (column: Column) => Column) => {
    const changed = done.get(column) ?? change(column);
    done.set(column, changed);
    return changed;
  };
  const apply = (part: MultiTaskDataset<Input, Target>) => {
    const newInputs: Record<Input, Column> = { ...part.inputs };
    for (const [name, scales] of inputs) {
      newInputs[name] = once(part.inputs[name], (column) => scaledFeatures(column, scales));
    }
    const newTargets: Record<Target, Column> = { ...part.targets };
    for (const [name, scale] of targets) {
      newTargets[name] = once(part.targets[name], (column) => rescaled(column, scale));
    }
    const { groups, name, description, origin, rows } = part;
    return MultiTaskDataset.from<Input, Target>({
      inputs: newInputs,
      targets: newTargets,
      groups,
      name,
      description,
      origin,
    }).subset(rows);
  };
  const entries = Object.entries<MultiTaskDataset<Input, Target>>(parts)
    .map(([name, part]) => [name, apply(part)]);
  const scaleOfTask = (task: Target): Scale => targets.get(task) ?? { mean: 0, deviation: 1 };
  return {
    parts: Object.fromEntries(entries),
    scales: Object.fromEntries(targets) as Partial<Record<Target, Scale>>,
    inputScales: Object.fromEntries(inputs) as Record<Input, readonly Scale[]>,
    undo(task, values) {
      const { mean, deviation } = scaleOfTask(task);
      return Float32Array.from(values, (value) => value * deviation + mean);
    },
    undoError: (task, error) => error * scaleOfTask(task).deviation,
  };
}

function fitInput<Input extends string, Target extends string>(
  train: MultiTaskDataset<Input, Target>,
  name: Input,
): Scale[] {
  const column = train.inputs[name];
  if (!column) {
    const there = Object.keys(train.inputs).map((input) => `"${input}"`).join(", ");
    throw new RangeError(`There is no input "${name}" to be standardised; there is ${there}.`);
  }
  const size = rowSize(column.shape);
  const width = column.shape.at(-1) ?? 1;
  const count = train.rows.length * size / width;
  const means = new Float64Array(width);
  const squares = new Float64Array(width);
  const isIndicator = new Array<boolean>(width).fill(true);
  const all = (use: (value: number, feature: number) => void) => {
    for (const row of train.rows) {
      for (let at = 0; at < size; at++) use(valueAt(column, row * size + at), at % width);
    }
  };
  all((value, feature) => {
    means[feature] += value;
    if (value !== 0 && value !== 1) isIndicator[feature] = false;
  });
  for (let feature = 0; feature < width; feature++) means[feature] /= count;
  all((value, feature) => squares[feature] += (value - means[feature]) ** 2);
  return Array.from(
    means,
    (mean, feature) =>
      isIndicator[feature]
        ? { mean: 0, deviation: 1 }
        : { mean, deviation: Math.sqrt(squares[feature] / count) || 1 },
  );
}

function fitTarget<Input extends string, Target extends string>(
  train: MultiTaskDataset<Input, Target>,
  name: Target,
): Scale {
  const { shape } = train.targets[name] ?? {};
  if (shape?.length !== 0) {
    throw new RangeError(
      `Target "${name}" must have one number a row to be standardised, but has ${
        shape ? `rows of shape [${shape}]` : "no column"
      }.`,
    );
  }
  const { values, mask } = train.target(name);
  const labelled = Array.from(values).filter((_, row) => !mask || mask[row]);
  if (labelled.length === 0) throw new RangeError(`Target "${name}" has no label to fit.`);
  return scaleOf(labelled);
}

function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function valueAt({ values, scale = 1, offset = 0 }: Column, at: number): number {
  return values[at] * scale + offset;
}

function scaledFeatures(column: Column, scales: readonly Scale[]): Column {
  // With one scale for all the numbers stay as they are: images keep their bytes.
  if (scales.length === 1) return rescaled(column, scales[0]);
  const values = Float32Array.from(column.values, (_, at) => {
    const { mean, deviation } = scales[at % scales.length];
    return (valueAt(column, at) - mean) / deviation;
  });
  return { values, shape: column.shape };
}

function rescaled(column: Column, { mean, deviation }: Scale): Column {
  const { scale = 1, offset = 0 } = column;
  return { ...column, scale: scale / deviation, offset: (offset - mean) / deviation };
}
