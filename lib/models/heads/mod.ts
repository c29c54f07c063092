/**
 * Heads: what turns features into the raw outputs of a task, by the plan that the task gives.
 * @module
 */
import type { HeadPlan } from "../../tasks/mod.ts";
import type { Layer } from "../layers/mod.ts";
import { pixelsHead } from "./pixels.ts";
import { chainHead, stepsHead } from "./steps.ts";
import { thresholdsHead } from "./thresholds.ts";
import { vectorHead } from "./vector.ts";

type Build<Kind extends HeadPlan["kind"]> = (
  plan: Extract<HeadPlan, { kind: Kind }>,
  hidden: readonly number[],
  featureShape: readonly number[],
) => Layer[];

const builders: { readonly [Kind in HeadPlan["kind"]]: Build<Kind> } = {
  chain: chainHead,
  pixels: pixelsHead,
  steps: stepsHead,
  thresholds: thresholdsHead,
  vector: vectorHead,
};

/** The layers of a head. @throws {RangeError} When it cannot read features of this shape. */
export function headLayers(
  plan: HeadPlan,
  hidden: readonly number[],
  featureShape: readonly number[],
): Layer[] {
  const build = builders[plan.kind] as Build<HeadPlan["kind"]>;
  return build(plan, hidden, featureShape);
}
