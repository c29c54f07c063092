import type * as tf from "@tensorflow/tfjs";
import { Random } from "../math/random.ts";
import type { Batch, BatchOptions, BatchSource } from "./batch.ts";
import { checkBatchSize, epochOrder, gatherLabels, gatherRows } from "./_batching.ts";
import { emptyLike } from "./_copy_rows.ts";
import type { Column, ColumnValues } from "./column.ts";
import type { MultiTaskDataset } from "./dataset.ts";

/** How images are changed; see {@linkcode augment}. */
export interface AugmentOptions<Input extends string = string, Target extends string = string> {
  /** The input that holds images `[height, width, channels]` or `[height, width]`. */
  readonly input: Input;
  /** Pixels by which an image is moved at most, up or down and left or right. Default 0. */
  readonly shift?: number;
  /** Whether half of the images are mirrored, left to right. Default `false`. */
  readonly flip?: boolean;
  /**
   * Targets that are images of the same height and width (segmentation, depth) and change alike.
   * Default: none.
   */
  readonly targets?: readonly Target[];
  /**
   * What such a target says where its image was moved away, as a tensor has it. Default: what its
   * task takes for no label: -1 for targets of whole numbers (`segmentation`), 0 for others (`depth`).
   */
  readonly fill?: Readonly<Partial<Record<NoInfer<Target>, number>>>;
  /** Seed of the changes. */
  readonly seed: number | string;
}

/**
 * The same examples with images that are moved and mirrored anew in every epoch, for training.
 * What happens to an image follows from the seed, the epoch and the row of the example alone, not
 * from the order or size of the batches. Where an image is moved away, 0 takes its place (before
 * scaling, so black for bytes), and targets that move along have no label there. Only for tasks whose labels stay right: a mirrored 2 is no 2.
 *
 * ```ts
 * import { data, MultiTaskDataset } from "polytask";
 * import { strictEqual } from "node:assert/strict";
 *
 * const images = MultiTaskDataset.from({
 *   inputs: { image: { values: Uint8Array.of(1, 2, 3, 4), shape: [2, 2, 1] } },
 *   targets: { sum: { values: Float32Array.of(10), shape: [] } },
 * });
 * const train = data.augment(images, { input: "image", flip: true, seed: 1 });
 * strictEqual(train.size, 1); // give this to fit
 * ```
 *
 * @throws {RangeError} When an input or target holds no images of that size, or `shift` is not a
 * whole number from 0 to less than their sides.
 */
export function augment<Input extends string, Target extends string>(
  dataset: MultiTaskDataset<Input, Target>,
  options: AugmentOptions<Input, Target>,
): BatchSource<Input, Target> {
  const { input, shift = 0, flip = false, targets = [], fill, seed } = options;
  const [height, width] = check(dataset, options);
  const shapes = Object.entries<Column>(dataset.inputs).map(([name, { shape }]) => [name, shape]);
  return {
    name: dataset.name,
    size: dataset.size,
    inputShapes: Object.fromEntries(shapes),
    datasets: [dataset],
    configuration: { augmentation: { input, shift, flip, targets, fill: { ...fill }, seed } },
    labelled: (name) => augment(dataset.labelled(name), options),
    *batches({ batchSize, seed: orderSeed, epoch = 0 }: BatchOptions) {
      checkBatchSize(batchSize);
      const order = epochOrder(dataset.size, orderSeed, epoch);
      for (let from = 0; from < order.length; from += batchSize) {
        const positions = order.subarray(from, from + batchSize);
        const rows = Int32Array.from(positions, (position) => dataset.rows[position]);
        const changes = Array.from(rows, (row) => drawChange(row, epoch, shift, flip, seed));
        const changed = (column: Column, empty = 0) =>
          changeRows(column, rows, changes, height, width, empty);
        const batch = dataset.batch(positions);
        const place = Int32Array.from(rows.keys());
        const images = gatherRows(changed(dataset.inputs[input]), place);
        const moved: Partial<Record<Target, tf.Tensor>> = {};
        for (const name of targets) {
          if (!batch.targets[name]) continue;
          const column = dataset.targets[name];
          const labels = gatherLabels(changed(column, emptyLabel(column, fill?.[name])), place)!;
          labels.mask?.dispose();
          moved[name] = labels.target;
        }
        yield replaced(batch, { [input]: images } as Record<Input, tf.Tensor>, moved);
      }
    },
  };
}

interface Change {
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

function drawChange(
  row: number,
  epoch: number,
  shift: number,
  flip: boolean,
  seed: number | string,
): Change {
  const random = Random.stream(seed, `image ${row} in epoch ${epoch}`);
  const down = random.integer(2 * shift + 1) - shift;
  const right = random.integer(2 * shift + 1) - shift;
  return { down, right, mirrored: flip && random.uniform() < 0.5 };
}

/** The number of a column that becomes `fill`, or no label, in a tensor. */
function emptyLabel({ values, scale = 1, offset = 0 }: Column, fill: number | undefined): number {
  return ((fill ?? (values instanceof Float32Array ? 0 : NO_LABEL)) - offset) / scale;
}

/** As `segmentation` has it. */
const NO_LABEL = -1;

/** A column of these rows alone, each changed in its own way, with `empty` where nothing came. */
function changeRows(
  column: Column,
  rows: Int32Array,
  changes: readonly Change[],
  height: number,
  width: number,
  empty: number,
): Column {
  const channels = column.shape[2] ?? 1;
  const size = height * width * channels;
  const values = room(column.values, rows.length * size, empty);
  rows.forEach((row, at) => {
    const { down, right, mirrored } = changes[at];
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      for (let x = Math.max(0, right); x < Math.min(width, width + right); x++) {
        const across = mirrored ? width - 1 - (x - right) : x - right;
        const from = row * size + ((y - down) * width + across) * channels;
        const to = at * size + (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++) {
          values[to + channel] = column.values[from + channel];
        }
      }
    }
  });
  const mask = column.mask && Uint8Array.from(rows, (row) => column.mask![row]);
  return { ...column, values, mask };
}

/** An array full of `empty`: of the same type where that holds the number. */
function room(like: ColumnValues, length: number, empty: number): ColumnValues {
  if (empty === 0) return emptyLike(like, length);
  if (like instanceof Uint8Array && (empty < 0 || empty > 255 || !Number.isInteger(empty))) {
    return (Number.isInteger(empty) ? new Int32Array(length) : new Float32Array(length)).fill(
      empty,
    );
  }
  const fits = !(like instanceof Int32Array) || Number.isInteger(empty);
  return (fits ? emptyLike(like, length) : new Float32Array(length)).fill(empty);
}

/** The batch with some tensors replaced; the old ones are released. */
function replaced<Input extends string, Target extends string>(
  batch: Batch<Input, Target>,
  inputs: Partial<Record<Input, tf.Tensor>>,
  targets: Partial<Record<Target, tf.Tensor>>,
): Batch<Input, Target> {
  for (const name of Object.keys(inputs) as Input[]) batch.inputs[name].dispose();
  for (const name of Object.keys(targets) as Target[]) batch.targets[name]?.dispose();
  return {
    size: batch.size,
    inputs: { ...batch.inputs, ...inputs },
    targets: { ...batch.targets, ...targets },
    masks: batch.masks,
    dispose() {
      batch.dispose();
      for (const group of [inputs, targets]) {
        for (const tensor of Object.values<tf.Tensor | undefined>(group)) tensor?.dispose();
      }
    },
  };
}

function check<Input extends string, Target extends string>(
  dataset: MultiTaskDataset<Input, Target>,
  { input, shift = 0, targets = [], fill }: AugmentOptions<Input, Target>,
): readonly [number, number] {
  const { shape } = dataset.inputs[input] ?? {};
  if (!shape || shape.length < 2 || shape.length > 3) {
    throw new RangeError(
      `augment needs an input of images [height, width, channels], but "${dataset.name}" has ` +
        `"${input}" ${shape ? `as [${shape}]` : "not at all"}.`,
    );
  }
  const [height, width] = shape;
  for (const name of targets) {
    const own = dataset.targets[name]?.shape ?? [];
    if (own.length > 3 || own[0] !== height || own[1] !== width) {
      throw new RangeError(
        `Target "${name}" has rows of shape [${own}]; to change with the images it must be ` +
          `[${height}, ${width}] or have channels behind.`,
      );
    }
  }
  for (const [name, value] of Object.entries<number | undefined>(fill ?? {})) {
    if (targets.includes(name as Target) && Number.isFinite(value)) continue;
    throw new RangeError(
      `fill says ${value} for "${name}"; it needs a number for targets that change with the images: ` +
        `${targets.join(", ") || "none"}.`,
    );
  }
  if (!Number.isInteger(shift) || shift < 0 || shift >= Math.min(height, width)) {
    throw new RangeError(
      `shift must be a whole number from 0 to ${Math.min(height, width) - 1}, but is ${shift}.`,
    );
  }
  return [height, width];
}
