import { type Column, rowSize } from "./column.ts";
import { MultiTaskDataset } from "./dataset.ts";

/** Mean and standard deviation of a target over the training part. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Which columns to standardise. */
export interface StandardiseOptions<Input extends string, Target extends string> {
  /** Default: all inputs whose rows are vectors. */
  readonly inputs?: readonly Input[];
  /** Targets of one number a row. Default: none. */
  readonly targets?: readonly Target[];
}

/** What {@linkcode standardise} gives. */
export interface Standardised<Part extends string, Input extends string, Target extends string> {
  readonly parts: Record<Part, MultiTaskDataset<Input, Target>>;
  /** To undo it for a report: `prediction * deviation + mean`, in the target's own unit. */
  readonly scales: Readonly<Partial<Record<Target, Scale>>>;
}

/**
 * Brings inputs (each feature by itself) and targets to mean 0 and deviation 1, with figures taken
 * from the part `train` alone, so that nothing is known of the others. Features that are constant
 * there are only centred, features that are only 0 and 1 stay as they are.
 *
 * ```ts
 * import { data, MultiTaskDataset } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const whole = MultiTaskDataset.from({
 *   inputs: { features: { values: Float32Array.of(1, 3, 5), shape: [1] } },
 *   targets: { height: { values: Float32Array.of(10, 30, 50), shape: [] } },
 * });
 * const { parts, scales } = data.standardise(
 *   { train: whole.subset([0, 1]), test: whole.subset([2]) },
 *   { targets: ["height"] },
 * );
 * deepStrictEqual([...parts.test.target("height").values], [3]);
 * deepStrictEqual(scales.height, { mean: 20, deviation: 10 });
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
    .filter((name) => train.inputs[name].shape.length === 1);
  const inputs = new Map((options.inputs ?? vectors).map((name) => [name, fitInput(train, name)]));
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
      newTargets[name] = once(part.targets[name], (column) => scaledTarget(column, scale));
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
  return {
    parts: Object.fromEntries(entries),
    scales: Object.fromEntries(targets) as Partial<Record<Target, Scale>>,
  };
}

function fitInput<Input extends string, Target extends string>(
  train: MultiTaskDataset<Input, Target>,
  name: Input,
): Scale[] {
  const column = train.inputs[name];
  if (column?.shape.length !== 1) {
    throw new RangeError(
      `Input "${name}" must have rows of shape [features] to be standardised, but has ${
        column ? `[${column.shape}]` : "no column"
      }.`,
    );
  }
  const width = rowSize(column.shape);
  return Array.from({ length: width }, (_, feature) => {
    const values = Array.from(train.rows, (row) => valueAt(column, row * width + feature));
    const isIndicator = values.every((value) => value === 0 || value === 1);
    return isIndicator ? { mean: 0, deviation: 1 } : scaleOf(values);
  });
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
  const values = Float32Array.from(column.values, (_, at) => {
    const { mean, deviation } = scales[at % scales.length];
    return (valueAt(column, at) - mean) / deviation;
  });
  return { values, shape: column.shape };
}

function scaledTarget(column: Column, { mean, deviation }: Scale): Column {
  const { scale = 1, offset = 0 } = column;
  return { ...column, scale: scale / deviation, offset: (offset - mean) / deviation };
}
