/**
 * Architectures: what is shared, and how.
 * @module
 */
import type { Architecture } from "../architecture.ts";
import { hardSharingFromConfiguration } from "./hard_sharing.ts";

export { hardSharing, type HardSharingOptions } from "./hard_sharing.ts";

/** How a saved model's architecture is made again, by its name. */
export const savedArchitectures: Readonly<
  Record<string, (configuration: Readonly<Record<string, unknown>>) => Architecture>
> = {
  "hard sharing": hardSharingFromConfiguration,
};
