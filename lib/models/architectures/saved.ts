import type { Architecture } from "../architecture.ts";
import { fromSaved } from "../graph/mod.ts";
import { fromSavedExperts } from "./_experts.ts";
import { adversarialSharedPrivateArchitecture } from "./adversarial_shared_private.ts";
import { aitmArchitecture } from "./aitm.ts";
import { cgcArchitecture } from "./cgc.ts";
import { crossStitchArchitecture } from "./cross_stitch.ts";
import { dselectKArchitecture } from "./dselect_k.ts";
import { esmmArchitecture } from "./esmm.ts";
import { hardSharingArchitecture } from "./hard_sharing.ts";
import { learnedBranchingArchitecture } from "./learned_branching.ts";
import { mmoeArchitecture } from "./mmoe.ts";
import { mtanArchitecture } from "./mtan.ts";
import { nddrArchitecture } from "./nddr.ts";
import { omoeArchitecture } from "./omoe.ts";
import { pleArchitecture } from "./ple.ts";
import { pooledArchitecture } from "./pooled.ts";
import { singleTaskArchitecture } from "./single_task.ts";
import { sluiceArchitecture } from "./sluice.ts";
import { softSharingArchitecture } from "./soft_sharing.ts";
import { taskTreeArchitecture } from "./task_tree.ts";

/** How a saved model's architecture is made again, by its name. */
export const savedArchitectures: Readonly<
  Record<string, (configuration: Readonly<Record<string, unknown>>) => Architecture>
> = {
  "adversarial shared-private": fromSaved(adversarialSharedPrivateArchitecture),
  "AITM": fromSaved(aitmArchitecture),
  "CGC": fromSavedExperts(cgcArchitecture),
  "cross-stitch": fromSaved(crossStitchArchitecture),
  "DSelect-k": fromSavedExperts(dselectKArchitecture),
  "ESMM": fromSaved(esmmArchitecture),
  "hard sharing": fromSaved(hardSharingArchitecture),
  "learned branching": fromSaved(learnedBranchingArchitecture),
  "MMoE": fromSavedExperts(mmoeArchitecture),
  "MTAN": fromSaved(mtanArchitecture),
  "NDDR": fromSaved(nddrArchitecture),
  "OMoE": fromSavedExperts(omoeArchitecture),
  "PLE": fromSavedExperts(pleArchitecture),
  "pooled": fromSaved(pooledArchitecture),
  "single task": fromSaved(singleTaskArchitecture),
  "sluice": fromSaved(sluiceArchitecture),
  "soft sharing": fromSaved(softSharingArchitecture),
  "task tree": fromSaved(taskTreeArchitecture),
};
