import type { DataFrame } from "nodejs-polars";
import { Random } from "../math/random.ts";
import type { Batch, BatchOptions, BatchSource } from "./batch.ts";
import { checkBatchSize, upTo } from "./_batching.ts";
import type { Column } from "./column.ts";
import type { MultiTaskDataset } from "./dataset.ts";
import { DataError } from "./errors.ts";
import { type FrameColumns, readFrame, wantedColumns } from "./frame.ts";
import { categoriesOf, isCategory } from "./_frame_columns.ts";

/** How {@linkcode parquetSource} reads. */
export interface ParquetSourceOptions {
  /**
   * Rows in memory at a time, from 1; also how far rows are mixed when the order is random.
   * Default 131,072.
   */
  readonly blockRows?: number;
  /** First row to use, from 0. Default 0. */
  readonly from?: number;
  /** Row before which to end. Default: the number of rows of the file. */
  readonly to?: number;
}

const BLOCK_ROWS = 131_072;

/**
 * Blocks that are held after their time. The tables of nodejs-polars are freed by a full garbage
 * collection only, whose time is chosen by the size of old arrays; it does not see theirs. Arrays
 * that live for a few blocks grow old, so that collections come often enough for memory to stay
 * flat (measured by `bench data`).
 */
const RECENT_BLOCKS = 4;

/**
 * Batches from a Parquet file that may be larger than memory, for `fit`: only one block of rows is
 * in memory at a time, and only the columns that are asked for are read. Needs nodejs-polars, which
 * is native code. Columns are read as by {@linkcode fromDataFrame}; the categories of a text column
 * are looked up in the whole file unless they are given.
 *
 * With a seed the blocks come in random order and the rows of a block are mixed among themselves,
 * so a file that is sorted by a target should be written in another order first.
 *
 * ```ts
 * import pl from "nodejs-polars";
 * import { data } from "polytask";
 * import { deepStrictEqual } from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/people.parquet`;
 * pl.DataFrame({ age: [31, 45, 27], income: [30.5, null, 28] }).writeParquet(path);
 * const source = await data.parquetSource(path, {
 *   inputs: { age: ["age"] },
 *   targets: { income: "income" },
 * });
 * const sizes = [];
 * for (const batch of source.batches({ batchSize: 2 })) {
 *   sizes.push(batch.size);
 *   batch.dispose();
 * }
 * deepStrictEqual(sizes, [2, 1]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @throws {DataError} When the file cannot be read or a column is not as it must be; names it.
 * @throws {RangeError} When an option is out of range.
 */
export async function parquetSource<Input extends string, Target extends string>(
  path: string,
  columns: FrameColumns<Input, Target>,
  options: ParquetSourceOptions = {},
): Promise<BatchSource<Input, Target>> {
  const { default: pl } = await import("nodejs-polars");
  const wanted = wantedColumns(columns);
  const explain = <Result>(read: () => Result): Result => {
    try {
      return read();
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`${path} could not be read: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  };
  const readRows = (from: number, count: number): DataFrame =>
    explain(() => pl.scanParquet(path).select(...wanted).slice(from, count).collectSync());

  const rows = explain(() => Number(pl.scanParquet(path).select(pl.len()).collectSync().row(0)[0]));
  const { from, to, blockRows } = checkOptions(path, rows, options);
  const head = readRows(from, 1);
  const categories: Record<string, readonly string[]> = { ...columns.categories };
  for (const name of head.columns) {
    if (Object.hasOwn(categories, name) || columns.groups?.includes(name)) continue;
    const type = columns.schema?.[name];
    if (!isCategory(head.getColumn(name), type)) continue;
    const found = explain(() => pl.scanParquet(path).select(pl.col(name).unique()).collectSync());
    categories[name] = categoriesOf(name, found.getColumn(name), type);
  }
  const given = { name: path, ...columns, categories };
  const { inputs, targets } = readFrame(head, given, from);
  const shapes = Object.entries<Column>(inputs).map(([name, { shape }]) => [name, shape]);
  const labels = Object.entries<Column>(targets).flatMap(([task, { labels }]) =>
    labels ? [[task, labels]] : []
  );

  return {
    name: given.name,
    size: to - from,
    inputShapes: Object.fromEntries(shapes),
    targetLabels: Object.fromEntries(labels),
    configuration: { file: path, from, to, blockRows },
    stepsPerEpoch: (batchSize) => Math.ceil((to - from) / batchSize),
    *batches({ batchSize, seed, epoch = 0 }: BatchOptions): Generator<Batch<Input, Target>> {
      checkBatchSize(batchSize);
      // Whole batches to a block, so that only the last block ends with a smaller one.
      const size = Math.max(1, Math.floor(blockRows / batchSize)) * batchSize;
      const blocks = Math.ceil((to - from) / size);
      const order = seed === undefined
        ? upTo(blocks)
        : Random.stream(seed, `blocks of epoch ${epoch}`).permutation(blocks);
      const recent: MultiTaskDataset<Input, Target>[] = [];
      for (const block of order) {
        const first = from + block * size;
        const dataset = readFrame(readRows(first, Math.min(size, to - first)), given, first);
        recent.push(dataset);
        if (recent.length > RECENT_BLOCKS) recent.shift();
        const inBlock = seed === undefined ? undefined : `${seed}/block ${block}`;
        yield* dataset.batches({ batchSize, seed: inBlock, epoch });
      }
    },
  };
}

function checkOptions(path: string, rows: number, options: ParquetSourceOptions) {
  const { from = 0, to = rows, blockRows = BLOCK_ROWS } = options;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > rows || from >= to) {
    throw new RangeError(
      `${path} has ${rows} rows; from and to must be whole numbers, 0 <= from < to <= ${rows}, ` +
        `but are ${from} and ${to}.`,
    );
  }
  if (!Number.isInteger(blockRows) || blockRows < 1) {
    throw new RangeError(`blockRows must be a whole number from 1, but is ${blockRows}.`);
  }
  return { from, to, blockRows };
}
