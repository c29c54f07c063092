import { Peer, pythonProgram } from "../_peer.ts";

/** What a peer is asked to time. */
export interface PeerRequest {
  /** As the peer calls it. */
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
export type ArchitecturePeer = Peer<
  PeerRequest,
  { readonly ms: number; readonly parameters: number }
>;

/** The libraries that are compared with. */
export const peerNames = ["LibMTL", "DeepCTR-Torch"] as const;
/** One of {@linkcode peerNames}. */
export type PeerName = typeof peerNames[number];

const scripts: Readonly<Record<PeerName, string>> = {
  "LibMTL": "./peer.py",
  "DeepCTR-Torch": "./peer_deepctr.py",
};

/** Each peer in a process of its own. */
export async function startPeers(): Promise<Readonly<Record<PeerName, ArchitecturePeer>>> {
  const started: [PeerName, ArchitecturePeer][] = [];
  for (const name of peerNames) {
    const program = await pythonProgram(new URL(scripts[name], import.meta.url));
    started.push([name, new Peer(name, program)]);
  }
  return Object.fromEntries(started) as Record<PeerName, ArchitecturePeer>;
}
