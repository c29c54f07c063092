import { Peer, pythonProgram } from "../_peer.ts";

/** What LibMTL is asked to time. */
export interface PeerRequest {
  readonly architecture: string;
  readonly data: string;
  readonly shape: readonly number[];
  readonly batch: number;
  readonly classes: number;
  readonly units: readonly number[];
  readonly hidden: number;
  readonly experts: number;
  readonly threads: number;
  readonly seconds: number;
}

/** Answers with the median milliseconds of a training step, and the parameters. */
export type LibMtl = Peer<PeerRequest, { readonly ms: number; readonly parameters: number }>;

/** LibMTL in a process of its own. */
export async function startLibMtl(): Promise<LibMtl> {
  return new Peer("LibMTL", await pythonProgram(new URL("./peer.py", import.meta.url)));
}
