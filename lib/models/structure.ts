/**
 * What a part of a model does, for its picture: `"input"` takes data in, `"stage"` transforms,
 * `"mix"` combines several parts (cross-stitch units, gates, mixtures of experts), `"head"` makes
 * the raw output of a task, `"output"` is a final result.
 */
export type StructurePartKind = "input" | "stage" | "mix" | "head" | "output";

/** One box in the picture of a model. */
export interface StructurePart {
  /** Unique within the structure; other parts name it in `from`. */
  readonly id: string;
  /** Short name, shown large: `"conv 1"`, `"digit"`. */
  readonly label: string;
  /** A few words more: `"5 × 5, relu"`. */
  readonly detail?: string;
  /** What the part does. */
  readonly kind: StructurePartKind;
  /** `"shared"`, or the name of the one task that the part belongs to. */
  readonly owner: string;
  /** Shape of what comes out, without the batch. */
  readonly shape?: readonly number[];
  /**
   * Trainable numbers in this part; 0 for none, and where they are those of another part, which
   * counts them.
   */
  readonly parameters: number;
  /** Id of the part whose variables this one uses, where it has none of its own. */
  readonly variablesOf?: string;
  /** Ids of the parts that this one reads; empty for an input. */
  readonly from: readonly string[];
}

/**
 * A model as a directed acyclic graph of parts: what is shared and what belongs to a task. Models
 * describe themselves with one; the display room draws it.
 */
export interface ModelStructure {
  /** Name of the architecture. */
  readonly name: string;
  /** The boxes of the picture. */
  readonly parts: readonly StructurePart[];
}

/** Number of trainable parameters by owner: `{ shared, [task]: … }`, in order of appearance. */
export function parametersByOwner(structure: ModelStructure): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const { owner, parameters } of structure.parts) {
    totals[owner] = (totals[owner] ?? 0) + parameters;
  }
  return totals;
}
