import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import process from "node:process";
import { ensurePython, python } from "../_python.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Another way to train the same models, in a process of its own that times steps on request. */
export class Peer {
  /** As the results name it. */
  readonly name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    name: string,
    command: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    }) as unknown as ChildProcessWithoutNullStreams;
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Any program that answers as `peer.py` does. */
  static program(name: string, command: string, args: readonly string[]): Peer {
    return new Peer(name, command, args);
  }

  /** PyTorch, after making its environment where that is missing. */
  static async pytorch(): Promise<Peer> {
    await ensurePython();
    return new Peer("pytorch", python, [file("./peer.py")]);
  }

  /** The same TypeScript on native TensorFlow, whose number of threads is set at its start. */
  static native(threads: number): Peer {
    const installed = file("../../.polytask/native");
    const permissions = ["--allow-read", "--allow-env", "--allow-sys", `--allow-ffi=${installed}`];
    return new Peer(
      "tfjs-node",
      file("../../.polytask/bin/deno"),
      ["run", "--no-prompt", ...permissions, file("./native_peer.ts")],
      { POLYTASK_THREADS: String(threads) },
    );
  }

  /**
   * Mean milliseconds of a training step of `model`, over about `seconds`.
   * @param cpu Processor time instead of time on the clock; PyTorch only. Default false.
   */
  async time(model: string, threads: number, seconds: number, cpu = false): Promise<number> {
    const { ms } = await this.#ask({ model, threads, seconds, cpu }) as { ms: number };
    return ms;
  }

  /** Its versions, and what it computes on. */
  async about(): Promise<Record<string, string>> {
    return await this.#ask({ about: true }) as Record<string, string>;
  }

  async #ask(request: Readonly<Record<string, unknown>>): Promise<unknown> {
    const text = JSON.stringify(request);
    this.#child.stdin.write(`${text}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended at ${text}; see its message above.`);
    return JSON.parse(value);
  }

  /** Ends the process. */
  stop(): void {
    this.#child.stdin.end();
  }
}
