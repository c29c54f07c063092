import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";

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

/** LibMTL in a process of its own. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts the process, after making its environment where that is missing. */
  static async start(): Promise<Peer> {
    await ensurePython();
    const script = fileURLToPath(new URL("./peer.py", import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    return new Peer(child as unknown as ChildProcessWithoutNullStreams);
  }

  /** Median milliseconds of a training step, and the parameters. */
  async time(request: PeerRequest): Promise<{ ms: number; parameters: number }> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`LibMTL ended while timing ${request.architecture}; see above.`);
    return JSON.parse(value);
  }

  /** Ends the process. */
  stop(): void {
    this.#child.stdin.end();
  }
}
