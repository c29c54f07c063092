import { fileURLToPath } from "node:url";
import { Peer, pythonProgram } from "../_peer.ts";

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Another way to train the same models, in a process of its own that times steps on request. */
export class SpeedPeer extends Peer<Readonly<Record<string, unknown>>, unknown> {
  /** PyTorch, after making its environment where that is missing. */
  static async pytorch(): Promise<SpeedPeer> {
    return new SpeedPeer("pytorch", await pythonProgram(new URL("./peer.py", import.meta.url)));
  }

  /** The same TypeScript on native TensorFlow, whose number of threads is set at its start. */
  static native(threads: number): SpeedPeer {
    const installed = file("../../.polytask/native");
    const permissions = ["--allow-read", "--allow-env", "--allow-sys", `--allow-ffi=${installed}`];
    return new SpeedPeer("tfjs-node", {
      command: file("../../.polytask/bin/deno"),
      args: ["run", "--no-prompt", ...permissions, file("./native_peer.ts")],
      env: { POLYTASK_THREADS: String(threads) },
    });
  }

  /**
   * Mean milliseconds of a training step of `model`, over about `seconds`.
   * @param cpu Processor time instead of time on the clock; PyTorch only. Default false.
   */
  async time(model: string, threads: number, seconds: number, cpu = false): Promise<number> {
    const { ms } = await this.ask({ model, threads, seconds, cpu }) as { ms: number };
    return ms;
  }

  /** Its versions, and what it computes on; PyTorch only. */
  async about(): Promise<Record<string, string>> {
    return await this.ask({ about: true }) as Record<string, string>;
  }
}
