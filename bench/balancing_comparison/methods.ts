import {
  alignedMtl,
  type Balancer,
  cagrad,
  conflictFree,
  dualproj,
  equalWeights,
  fairgrad,
  graddrop,
  gradvac,
  imtlG,
  mgda,
  nashMtl,
  pcgrad,
} from "polytask";

/** The variant that all others are measured against. */
export const EQUAL = "equal weights";

/** The variant with a network of its own for every task. */
export const SINGLE = "single tasks";

/**
 * What is compared besides single-task networks; random methods are seeded like the run. UPGrad is
 * left out: for two tasks it is half of PCGrad's update, and Adam does not see the factor.
 */
export const balancers: Readonly<Record<string, (seed: number) => Balancer>> = {
  [EQUAL]: () => equalWeights(),
  "MGDA": () => mgda(),
  "PCGrad": (seed) => pcgrad({ seed }),
  "GradVac": (seed) => gradvac({ seed }),
  "CAGrad": () => cagrad(),
  "IMTL-G": () => imtlG(),
  "Nash-MTL": () => nashMtl(),
  "FairGrad": () => fairgrad({ alpha: 2 }),
  "Aligned-MTL": () => alignedMtl(),
  "DualProj": () => dualproj(),
  "GradDrop": (seed) => graddrop({ seed }),
  "ConFIG": () => conflictFree(),
};
