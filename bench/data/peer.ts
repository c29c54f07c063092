import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";

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

/** pandas, NumPy, pyarrow and librosa in a process of their own. */
export class DataPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static async start(): Promise<DataPeer> {
    await ensurePython();
    const script = fileURLToPath(new URL("./peer.py", import.meta.url));
    const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
    return new DataPeer(child as unknown as ChildProcessWithoutNullStreams);
  }

  async ask(question: DataQuestion): Promise<DataAnswer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`Python ended in ${question.set}; see its message above.`);
    return JSON.parse(value) as DataAnswer;
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
