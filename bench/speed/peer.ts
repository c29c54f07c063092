import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";

/** PyTorch in a process of its own, which times training steps on request. */
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

  /** Mean milliseconds of a training step of `model`, over about `seconds`. */
  async time(model: string, threads: number, seconds: number): Promise<number> {
    this.#child.stdin.write(`${JSON.stringify({ model, threads, seconds })}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`PyTorch ended while timing ${model}; see its message above.`);
    return (JSON.parse(value) as { ms: number }).ms;
  }

  /** Ends the process. */
  stop(): void {
    this.#child.stdin.end();
  }
}
