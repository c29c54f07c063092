import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "../_python.ts";

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

/** scikit-learn in a process of its own, on one thread. */
export class LinearPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static async start(): Promise<LinearPeer> {
    await ensurePython();
    const script = fileURLToPath(new URL("./peer.py", import.meta.url));
    const child = spawn(python, [script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...Deno.env.toObject(), OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
    });
    return new LinearPeer(child as unknown as ChildProcessWithoutNullStreams);
  }

  async solve(question: PathQuestion): Promise<PathAnswer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`scikit-learn ended in ${question.problem}; see its message above.`);
    return JSON.parse(value) as PathAnswer;
  }

  stop(): void {
    this.#child.stdin.end();
  }
}
