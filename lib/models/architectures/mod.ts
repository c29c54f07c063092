/**
 * Architectures: what is shared, and how.
 * @module
 */
export type { ExpertEncoder } from "./_experts.ts";
export type { FunnelSettings } from "./_funnel.ts";
export type { MixtureSettings, SharedExperts } from "./_mixture.ts";
export {
  adversarialSharedPrivate,
  type AdversarialSharedPrivateOptions,
  type AdversarialSharedPrivateSettings,
} from "./adversarial_shared_private.ts";
export { aitm, type AitmOptions, type AitmSettings } from "./aitm.ts";
export { cgc, type CgcOptions } from "./cgc.ts";
export { crossStitch, type CrossStitchSettings } from "./cross_stitch.ts";
export { dselectK, type DselectKOptions, type SelectionSettings } from "./dselect_k.ts";
export { esmm, type EsmmOptions } from "./esmm.ts";
export { hardSharing, type HardSharingOptions, type HardSharingSettings } from "./hard_sharing.ts";
export { learnedBranching, type LearnedBranchingSettings } from "./learned_branching.ts";
export { mmoe, type MmoeOptions } from "./mmoe.ts";
export { mtan, type MtanSettings } from "./mtan.ts";
export { nddr, type NddrSettings } from "./nddr.ts";
export { omoe, type OmoeOptions } from "./omoe.ts";
export { type ExtractionSettings, ple, type PleOptions, type SharedAndOwnExperts } from "./ple.ts";
export { pooled } from "./pooled.ts";
export { singleTask } from "./single_task.ts";
export { sluice, type SluiceSettings } from "./sluice.ts";
export { softSharing, type SoftSharingSettings, type Tie } from "./soft_sharing.ts";
export { type Branches, taskTree, type TaskTreeSettings } from "./task_tree.ts";
