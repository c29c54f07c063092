/** Methods that look at the losses only: they turn them into the one scalar that is minimised. */
import type { LossBalancer } from "../balancer.ts";
import { autoLambda } from "./auto_lambda.ts";
import { cosmos } from "./cosmos.ts";
import { dwa } from "./dwa.ts";
import { equalWeights } from "./equal.ts";
import { famo } from "./famo.ts";
import { fixedWeights } from "./fixed.ts";
import { geometricMean } from "./geometric_mean.ts";
import { imtlL } from "./imtl_l.ts";
import { pbi } from "./pbi.ts";
import { rlw } from "./rlw.ts";
import { scaleInvariant } from "./scale_invariant.ts";
import { stch } from "./stch.ts";
import { uncertaintyWeights } from "./uncertainty.ts";

/** Every loss method by its name. */
export const lossMethods = {
  "equal": equalWeights,
  "fixed": fixedWeights,
  "uncertainty": uncertaintyWeights,
  "imtl-l": imtlL,
  "rlw": rlw,
  "dwa": dwa,
  "geometric-mean": geometricMean,
  "scale-invariant": scaleInvariant,
  "stch": stch,
  "cosmos": cosmos,
  "pbi": pbi,
  "famo": famo,
  "auto-lambda": autoLambda,
} as const satisfies Record<string, (options: never) => LossBalancer>;

export { autoLambda, type AutoLambdaOptions } from "./auto_lambda.ts";
export { cosmos, type CosmosOptions } from "./cosmos.ts";
export { dwa, type DwaOptions } from "./dwa.ts";
export { equalWeights, type EqualWeightsOptions } from "./equal.ts";
export { famo, type FamoOptions } from "./famo.ts";
export { fixedWeights, type FixedWeightsOptions } from "./fixed.ts";
export { geometricMean } from "./geometric_mean.ts";
export { imtlL, type ImtlLOptions } from "./imtl_l.ts";
export { pbi, type PbiOptions } from "./pbi.ts";
export { rlw, type RlwDistribution, type RlwOptions } from "./rlw.ts";
export { scaleInvariant } from "./scale_invariant.ts";
export { stch, type StchOptions } from "./stch.ts";
export {
  type UncertaintyKind,
  uncertaintyWeights,
  type UncertaintyWeightsOptions,
} from "./uncertainty.ts";
