import { hardSharing } from "polytask";
import { checkArchitecture } from "./_architecture_checks.ts";

checkArchitecture("hard sharing", hardSharing);
