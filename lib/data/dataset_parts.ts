import type { Column } from "./column.ts";

/** The parts that a `MultiTaskDataset` is made of. */
export interface DatasetParts<Input extends string, Target extends string> {
  /** One column for each input; a `NaN` is refused. */
  readonly inputs: Readonly<Record<Input, Column>>;
  /** One column for each task. A `NaN` counts as a missing label. */
  readonly targets: Readonly<Record<Target, Column>>;
  /** Who or what an example comes from (speaker, school), for splits that keep groups together. */
  readonly groups?: Readonly<Record<string, ArrayLike<string | number>>>;
  /** Default `"dataset"`. */
  readonly name?: string;
  /** A sentence on where the data come from. */
  readonly description?: string;
  /** `"generated"` when the numbers were made, not measured. Default `"measured"`. */
  readonly origin?: "measured" | "generated";
}
