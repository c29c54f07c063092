import { Peer, pythonProgram } from "../_peer.ts";
import type { ModelName } from "./model.ts";

/** Libraries that are compared with. */
export type PeerName = "libmtl" | "torchjd";

/** What to time. */
export interface PeerRequest {
  readonly peer: PeerName;
  readonly model: ModelName;
  readonly tasks: number;
  readonly method: string;
  readonly threads: number;
  readonly seconds: number;
}

/** Medians of steps that took turns. */
export interface Timing {
  /** Milliseconds of a step under the method. */
  readonly ms: number;
  /** Milliseconds of a step under equal weighting. */
  readonly equalMs: number;
}

/** Answers with `null` where the peer lacks the method. */
export type Peers = Peer<PeerRequest, Timing | null>;

/** LibMTL and TorchJD in a process of their own, which time training steps on request. */
export async function startPeers(): Promise<Peers> {
  return new Peer("Python", await pythonProgram(new URL("./peer.py", import.meta.url)));
}
