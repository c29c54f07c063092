import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensurePython, python } from "./_python.ts";

/** A program to compare with, and what it sees in its environment besides what this one sees. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A Python program of the benchmarks, after making its environment where that is missing. */
export async function pythonProgram(script: URL): Promise<Program> {
  await ensurePython();
  return { command: python, args: [fileURLToPath(script)] };
}

/** A program in a process of its own: a JSON question a line in, a JSON answer a line out. */
export class Peer<Question, Answer> {
  /** As messages and results name it. */
  readonly name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  /** Starts the process. */
  constructor(name: string, { command, args, env }: Program) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    }) as unknown as ChildProcessWithoutNullStreams;
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {Error} When the process ended instead.
   */
  async ask(question: Question): Promise<Answer> {
    const text = JSON.stringify(question);
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
