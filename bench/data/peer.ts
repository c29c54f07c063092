import { Peer, pythonProgram } from "../_peer.ts";

/** What Python is asked to do. */
export interface DataQuestion {
  readonly set: string;
  readonly what: "load" | "batches" | "make" | "pass";
  /** The files, the same as on this side. */
  readonly paths: readonly string[];
  readonly batchSize?: number;
  /** For `"batches"`: how often to go through the set. */
  readonly passes?: number;
  /** For `"make"`. */
  readonly rows?: number;
}

/** What it answers. */
export interface DataAnswer {
  readonly seconds: number;
  /** A sum over what was read, or the number of examples in all batches. */
  readonly check: number;
}

/** pandas, NumPy, pyarrow and librosa. */
export type DataPeer = Peer<DataQuestion, DataAnswer>;

/** Starts them in a process of their own. */
export async function startDataPeer(): Promise<DataPeer> {
  return new Peer("Python", await pythonProgram(new URL("./peer.py", import.meta.url)));
}
