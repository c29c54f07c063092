/**
 * What data must be besides a source of batches, to train or to measure a model on: nothing more
 * where they have a target for every task; else something that they are not, with the names of the
 * missing targets.
 */
export type HasTargets<Needed extends string, Given extends string> = string extends Needed
  ? unknown
  : [Needed] extends [Given] ? unknown
  : { readonly missingTargets: Exclude<Needed, Given> };
