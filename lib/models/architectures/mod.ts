/**
 * Architectures: what is shared, and how.
 * @module
 */
export {
  adversarialSharedPrivate,
  type AdversarialSharedPrivateOptions,
} from "./adversarial_shared_private.ts";
export { aitm, type AitmOptions } from "./aitm.ts";
export { cgc, type CgcOptions } from "./cgc.ts";
export { crossStitch, type CrossStitchSettings } from "./cross_stitch.ts";
export { dselectK, type DselectKOptions } from "./dselect_k.ts";
export { esmm, type EsmmOptions } from "./esmm.ts";
export { hardSharing, type HardSharingOptions } from "./hard_sharing.ts";
export { learnedBranching, type LearnedBranchingSettings } from "./learned_branching.ts";
export { mmoe, type MmoeOptions } from "./mmoe.ts";
export { mtan, type MtanSettings } from "./mtan.ts";
export { nddr, type NddrSettings } from "./nddr.ts";
export { omoe, type OmoeOptions } from "./omoe.ts";
export { ple, type PleOptions } from "./ple.ts";
export { pooled } from "./pooled.ts";
export { singleTask } from "./single_task.ts";
export { sluice, type SluiceSettings } from "./sluice.ts";
export { softSharing, type SoftSharingSettings, type Tie } from "./soft_sharing.ts";
export { type Branches, taskTree, type TaskTreeSettings } from "./task_tree.ts";
