/**
 * Architectures: what is shared, and how.
 * @module
 */
import type { Architecture } from "../architecture.ts";
import { cgcFromConfiguration } from "./cgc.ts";
import { dselectKFromConfiguration } from "./dselect_k.ts";
import { hardSharingFromConfiguration } from "./hard_sharing.ts";
import { mmoeFromConfiguration } from "./mmoe.ts";
import { omoeFromConfiguration } from "./omoe.ts";
import { pleFromConfiguration } from "./ple.ts";

export { cgc, type CgcOptions } from "./cgc.ts";
export { dselectK, type DselectKOptions } from "./dselect_k.ts";
export { hardSharing, type HardSharingOptions } from "./hard_sharing.ts";
export { mmoe, type MmoeOptions } from "./mmoe.ts";
export { omoe, type OmoeOptions } from "./omoe.ts";
export { ple, type PleOptions } from "./ple.ts";

/** How a saved model's architecture is made again, by its name. */
export const savedArchitectures: Readonly<
  Record<string, (configuration: Readonly<Record<string, unknown>>) => Architecture>
> = {
  "CGC": cgcFromConfiguration,
  "DSelect-k": dselectKFromConfiguration,
  "hard sharing": hardSharingFromConfiguration,
  "MMoE": mmoeFromConfiguration,
  "OMoE": omoeFromConfiguration,
  "PLE": pleFromConfiguration,
};
