/** How a head for one answer reads features that have time or space. */
export type HeadPooling = "flatten" | "mean" | "max";

/**
 * What a model puts between its features and the raw outputs of a task, after the task's hidden
 * layers. The kind says which head it is; models know how to build each.
 */
export type HeadPlan =
  /** Features of any shape to `[batch, outputs]`. */
  | { readonly kind: "vector"; readonly outputs: number; readonly pool?: HeadPooling }
  /** Features of any shape to one number a row plus `count` thresholds of its own: `[batch, count]`. */
  | { readonly kind: "thresholds"; readonly count: number; readonly pool?: HeadPooling }
  /** Features `[batch, time, units]` to `[batch, time, outputs]`. */
  | { readonly kind: "steps"; readonly outputs: number }
  /**
   * As `steps`, and below the steps of every row the same `classes + 2` rows of weights: how well
   * class j follows class i, starts, ends. `[batch, time + classes + 2, classes]`.
   */
  | { readonly kind: "chain"; readonly classes: number }
  /** Features `[batch, units]` or `[batch, height, width, channels]` to one vector a pixel. */
  | {
    readonly kind: "pixels";
    readonly height: number;
    readonly width: number;
    readonly outputs: number;
  };

/** Settings of the head that most tasks share. */
export interface HeadOptions {
  /** Units of hidden ReLU layers in the task's head. Default: none, a linear head. */
  readonly hidden?: readonly number[];
  /**
   * How the head reads features that have time or space: all numbers in one line, or the mean or
   * largest over time or space. Time steps whose features are all 0 are padding and do not count.
   * Default `"flatten"`.
   */
  readonly pool?: HeadPooling;
}
