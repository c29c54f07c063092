/** Methods that look at the losses only: they turn them into the one scalar that is minimised. */
import type { LossBalancer } from "../balancer.ts";
import { dwa } from "./dwa.ts";
import { equal } from "./equal.ts";
import { famo } from "./famo.ts";
import { fixed } from "./fixed.ts";
import { geometricMean } from "./geometric_mean.ts";
import { imtlL } from "./imtl_l.ts";
import { rlw } from "./rlw.ts";
import { scaleInvariant } from "./scale_invariant.ts";
import { stch } from "./stch.ts";
import { uncertainty } from "./uncertainty.ts";

/** Every loss method by its name. */
export const lossMethods = {
  "equal": equal,
  "fixed": fixed,
  "uncertainty": uncertainty,
  "imtl-l": imtlL,
  "rlw": rlw,
  "dwa": dwa,
  "geometric-mean": geometricMean,
  "scale-invariant": scaleInvariant,
  "stch": stch,
  "famo": famo,
} as const satisfies Record<string, (options: never) => LossBalancer>;

export { dwa, type DwaOptions } from "./dwa.ts";
export { equal, type EqualOptions } from "./equal.ts";
export { famo, type FamoOptions } from "./famo.ts";
export { fixed, type FixedOptions } from "./fixed.ts";
export { geometricMean } from "./geometric_mean.ts";
export { imtlL, type ImtlLOptions } from "./imtl_l.ts";
export { rlw, type RlwDistribution, type RlwOptions } from "./rlw.ts";
export { scaleInvariant } from "./scale_invariant.ts";
export { stch, type StchOptions } from "./stch.ts";
export { uncertainty, type UncertaintyKind, type UncertaintyOptions } from "./uncertainty.ts";
