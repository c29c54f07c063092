import {
  adversarialSharedPrivate,
  aitm,
  cgc,
  crossStitch,
  dselectK,
  encoders,
  esmm,
  hardSharing,
  learnedBranching,
  mmoe,
  mtan,
  nddr,
  omoe,
  ple,
  pooled,
  singleTask,
  sluice,
  softSharing,
  taskTree,
} from "polytask";
import type { Unreached } from "./_gradients.ts";
import { checkArchitecture, funnelTasks } from "./_architecture_checks.ts";

/** The last joint to a tower is read by one task; which stage it follows. */
const lastJoint = (kind: string, at = -1) => ({ stages }: encoders.Encoder): readonly Unreached[] =>
  [["sign", "sum"], ["sum", "sign"]].map(([by, other]) => ({
    name: new RegExp(`^shared/${kind} ${stages.at(at)!.name} to ${other}/`),
    by,
    why: `only ${other} reads what is joined last for it`,
  }));
const discriminator: Unreached = {
  name: /^shared\/discriminator\//,
  byPenalty: true,
  why: "the discriminator learns from which task a row is",
};

checkArchitecture("hard sharing", hardSharing);
checkArchitecture("OMoE", omoe);
checkArchitecture("MMoE", mmoe);
checkArchitecture(
  "MMoE on a shared trunk",
  (trunk) => mmoe({ ...trunk, experts: { count: 2, encoder: encoders.mlp({ units: [5] }) } }),
  { steps: false },
);
checkArchitecture("CGC", cgc);
checkArchitecture("PLE", ple);
checkArchitecture("DSelect-k", (trunk) => dselectK({ ...trunk, experts: { count: 3 } }));
checkArchitecture(
  "DSelect-k by example",
  (trunk) => dselectK({ ...trunk, perExample: true, entropy: 0.01 }),
);
checkArchitecture("hard sharing with a split", (trunk) => hardSharing({ ...trunk, split: 1 }));
checkArchitecture(
  "task tree",
  (trunk) =>
    taskTree({
      ...trunk,
      branches: trunk.encoder.stages.map((_, at) =>
        at === 0 ? [["sign", "sum"]] : [["sign"], ["sum"]]
      ),
    }),
);
checkArchitecture("single task", singleTask, { shares: false });
checkArchitecture("pooled", pooled, { owns: false });
checkArchitecture("soft sharing", softSharing, { shares: false });
checkArchitecture("cross-stitch", crossStitch, { unreached: lastJoint("stitch") });
checkArchitecture(
  "cross-stitch by channel",
  (trunk) => crossStitch({ ...trunk, weights: "channel" }),
  { unreached: lastJoint("stitch") },
);
checkArchitecture(
  "cross-stitch after the first stage",
  (trunk) => crossStitch({ ...trunk, after: [trunk.encoder.stages[0].name] }),
  { unreached: lastJoint("stitch", 0) },
);
checkArchitecture("sluice", sluice, { unreached: lastJoint("sluice") });
checkArchitecture("MTAN", mtan);
checkArchitecture("NDDR", nddr, { unreached: lastJoint("join") });
checkArchitecture("learned branching", learnedBranching);
checkArchitecture("ESMM", esmm, { tasks: funnelTasks, owns: "large" });
checkArchitecture("AITM", aitm, { tasks: funnelTasks });
checkArchitecture("adversarial shared-private", adversarialSharedPrivate, {
  unreached: () => [discriminator],
});
