/** Methods that look at the Gramian of the task gradients and return one weight for each task. */
import type { GramianBalancer } from "../balancer.ts";
import { alignedMtl } from "./aligned_mtl.ts";
import { cagrad } from "./cagrad.ts";
import { conflictFree } from "./config.ts";
import { constantGradient, meanGradient, sumGradient } from "./constant_weights.ts";
import { crMogm } from "./cr_mogm.ts";
import { dualproj } from "./dualproj.ts";
import { fairgrad } from "./fairgrad.ts";
import { gradnorm } from "./gradnorm.ts";
import { gradvac } from "./gradvac.ts";
import { imtl } from "./imtl.ts";
import { imtlG } from "./imtl_g.ts";
import { krum } from "./krum.ts";
import { mgda } from "./mgda.ts";
import { modo } from "./modo.ts";
import { nashMtl } from "./nash_mtl.ts";
import { pcd } from "./pcd.ts";
import { pcgrad } from "./pcgrad.ts";
import { randomGradientWeights } from "./random_weights.ts";
import { sdmgrad } from "./sdmgrad.ts";
import { upgrad } from "./upgrad.ts";

/** Every Gramian method by its name. */
export const gramianMethods = {
  "mean": meanGradient,
  "sum": sumGradient,
  "constant": constantGradient,
  "mgda": mgda,
  "pcgrad": pcgrad,
  "gradvac": gradvac,
  "cagrad": cagrad,
  "imtl-g": imtlG,
  "imtl": imtl,
  "nash-mtl": nashMtl,
  "fairgrad": fairgrad,
  "aligned-mtl": alignedMtl,
  "upgrad": upgrad,
  "dualproj": dualproj,
  "config": conflictFree,
  "sdmgrad": sdmgrad,
  "modo": modo,
  "gradnorm": gradnorm,
  "cr-mogm": crMogm,
  "krum": krum,
  "pcd": pcd,
  "random": randomGradientWeights,
} as const satisfies Record<string, (options?: never) => GramianBalancer>;

export type { GramianOptions } from "./_gramian_method.ts";
export { alignedMtl, type AlignedMtlOptions } from "./aligned_mtl.ts";
export { cagrad, type CagradOptions } from "./cagrad.ts";
export { conflictFree, type ConflictFreeOptions } from "./config.ts";
export {
  constantGradient,
  type ConstantGradientOptions,
  meanGradient,
  sumGradient,
} from "./constant_weights.ts";
export { crMogm, type CrMogmOptions } from "./cr_mogm.ts";
export { dualproj, type DualprojOptions } from "./dualproj.ts";
export { fairgrad, type FairgradOptions } from "./fairgrad.ts";
export { gradnorm, type GradnormOptions } from "./gradnorm.ts";
export { gradvac, type GradvacOptions } from "./gradvac.ts";
export { imtl, type ImtlOptions } from "./imtl.ts";
export { imtlG, type ImtlGOptions } from "./imtl_g.ts";
export { krum, type KrumOptions } from "./krum.ts";
export { mgda, type MgdaNormalization, type MgdaOptions } from "./mgda.ts";
export { modo, type ModoOptions } from "./modo.ts";
export { nashMtl, type NashMtlOptions } from "./nash_mtl.ts";
export { paretoMtl, type ParetoMtlOptions } from "./pareto_mtl.ts";
export { pcd, type PcdOptions } from "./pcd.ts";
export { pcgrad, type PcgradOptions } from "./pcgrad.ts";
export { randomGradientWeights, type RandomGradientWeightsOptions } from "./random_weights.ts";
export { sdmgrad, type SdmgradOptions } from "./sdmgrad.ts";
export { upgrad, type UpgradOptions } from "./upgrad.ts";
