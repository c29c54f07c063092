import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";
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

/** LibMTL and TorchJD in a process of their own, which time training steps on request. */
export class Peers {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts the process, after making its environment where that is missing. */
  static async start(): Promise<Peers> {
    await ensurePython();
    const script = fileURLToPath(new URL("./peer.py", import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    return new Peers(child as unknown as ChildProcessWithoutNullStreams);
  }

  /** Steps of a method and of equal weighting; `null` where the peer lacks the method. */
  async time(request: PeerRequest): Promise<Timing | null> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error(
        `${request.peer} ended while timing ${request.method}; see its message above.`,
      );
    }
    const answer = JSON.parse(value) as Timing | { ms: null };
    return answer.ms === null ? null : answer;
  }

  /** Ends the process. */
  stop(): void {
    this.#child.stdin.end();
  }
}
