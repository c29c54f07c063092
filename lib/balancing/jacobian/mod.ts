/** Methods that look at whole task gradients and return the update. */
import type { GramianBalancer, JacobianBalancer } from "../balancer.ts";
import { gramianMethods } from "../gramian/mod.ts";
import { dbMtl } from "./db_mtl.ts";
import { excessMtl } from "./excess_mtl.ts";
import { graddrop } from "./graddrop.ts";
import { gradvacByLayer } from "./gradvac_by_layer.ts";
import { moco } from "./moco.ts";
import { trimmedMean } from "./trimmed_mean.ts";
import { asJacobianMethod } from "./wrap.ts";

/** The methods that need whole gradients, by name. */
export type WholeGradientMethods = {
  /** {@linkcode gradvacByLayer}. */
  readonly "gradvac": typeof gradvacByLayer;
  /** {@linkcode graddrop}. */
  readonly "graddrop": typeof graddrop;
  /** {@linkcode moco}. */
  readonly "moco": typeof moco;
  /** {@linkcode dbMtl}. */
  readonly "db-mtl": typeof dbMtl;
  /** {@linkcode excessMtl}. */
  readonly "excess-mtl": typeof excessMtl;
  /** {@linkcode trimmedMean}. */
  readonly "trimmed-mean": typeof trimmedMean;
};

const ownMethods: WholeGradientMethods = {
  "gradvac": gradvacByLayer,
  "graddrop": graddrop,
  "moco": moco,
  "db-mtl": dbMtl,
  "excess-mtl": excessMtl,
  "trimmed-mean": trimmedMean,
};

/** Gramian methods, by name, that take whole gradients given as rows. */
export type WrappedGramianMethods = {
  [Name in Exclude<keyof typeof gramianMethods, keyof WholeGradientMethods>]: (
    options?: Parameters<(typeof gramianMethods)[Name]>[0],
  ) => JacobianBalancer;
};

/** Defaults of methods that by themselves look at something else than one whole Jacobian. */
const wholeDefaults: Readonly<Record<string, unknown>> = {
  "gradnorm": { on: "shared" },
  "modo": { sampling: "one" },
  "sdmgrad": { sampling: "one" },
};

function wrapAll(): WrappedGramianMethods {
  const entries = Object.entries(gramianMethods).map(([name, make]) => [
    name,
    (options?: object) => {
      const build = make as (options: object) => GramianBalancer;
      return asJacobianMethod(build({ ...wholeDefaults[name] as object, ...options }));
    },
  ]);
  return Object.fromEntries(entries);
}

/**
 * Every method by its name, for whole gradients given as rows: those that need them, and every
 * Gramian method wrapped by {@linkcode asJacobianMethod}: `gradnorm` with the lengths of whole
 * gradients, `modo` and `sdmgrad` with one sample.
 */
export const jacobianMethods: WrappedGramianMethods & WholeGradientMethods = {
  ...wrapAll(),
  ...ownMethods,
};

export { asJacobianMethod } from "./wrap.ts";
export { dbMtl, type DbMtlOptions } from "./db_mtl.ts";
export { excessMtl, type ExcessMtlOptions } from "./excess_mtl.ts";
export { graddrop, type GraddropOptions } from "./graddrop.ts";
export { gradvacByLayer, type GradvacByLayerOptions } from "./gradvac_by_layer.ts";
export { moco, type MocoOptions } from "./moco.ts";
export { trimmedMean, type TrimmedMeanOptions } from "./trimmed_mean.ts";
