import { cgc, dselectK, hardSharing, mmoe, omoe, ple } from "polytask";
import { checkArchitecture } from "./_architecture_checks.ts";

checkArchitecture("hard sharing", hardSharing);
checkArchitecture("OMoE", omoe);
checkArchitecture("MMoE", mmoe);
checkArchitecture("CGC", cgc);
checkArchitecture("PLE", ple);
checkArchitecture("DSelect-k", (trunk) => dselectK({ ...trunk, experts: { count: 3 } }));
checkArchitecture(
  "DSelect-k by example",
  (trunk) => dselectK({ ...trunk, perExample: true, entropy: 0.01 }),
);
