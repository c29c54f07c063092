import { Peer, pythonProgram } from "../_peer.ts";

/** What scikit-learn is asked to solve. */
export interface PathQuestion {
  readonly problem: string;
  /** Where the numbers lie. */
  readonly folder: string;
  readonly rows: number;
  readonly features: number;
  readonly tasks: number;
  /** Falling, in the library's scale. */
  readonly strengths: readonly number[];
  readonly tolerance: number;
}

/** What it answers. */
export interface PathAnswer {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly gap: number;
  readonly objective: number;
}

/** scikit-learn. */
export type LinearPeer = Peer<PathQuestion, PathAnswer>;

/** Starts it in a process of its own, on one thread. */
export async function startLinearPeer(): Promise<LinearPeer> {
  const program = await pythonProgram(new URL("./peer.py", import.meta.url));
  const env = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  return new Peer("scikit-learn", { ...program, env });
}
