/** The two archives that tfjs-node's own install script downloads. */
import { type StatusLine, UserError } from "../report.ts";

/** Paths of the archives. */
export interface Archives {
  /** TensorFlow's C library. */
  readonly library: string;
  /** tfjs-node's binding to it. */
  readonly binding: string;
}

/** Where tfjs-node 4.22.0 finds them for Linux on x86-64. */
const ADDRESSES: Archives = {
  library: "https://storage.googleapis.com/tensorflow/libtensorflow/" +
    "libtensorflow-cpu-linux-x86_64-2.9.1.tar.gz",
  binding: "https://storage.googleapis.com/tf-builds/pre-built-binary/napi-v8/4.22.0/" +
    "CPU-linux-4.22.0.tar.gz",
};

/** No answer, or no further bytes, for so long counts as unreachable. */
const PATIENCE_MILLISECONDS = 20_000;

/**
 * Downloads both archives into `folder`.
 *
 * @throws {UserError} When one of them cannot be reached.
 */
export async function fetchOfficial(
  folder: string,
  status: StatusLine,
  addresses: Archives = ADDRESSES,
): Promise<Archives> {
  const binding = `${folder}/binding.tar.gz`;
  const library = `${folder}/library.tar.gz`;
  // The small one first: where it cannot be reached, the large one is not tried.
  await fetchTo(addresses.binding, binding, status);
  await fetchTo(addresses.library, library, status);
  return { library, binding };
}

async function fetchTo(address: string, path: string, status: StatusLine): Promise<void> {
  const { host } = new URL(address);
  status.start(`Downloading from ${host}`);
  const controller = new AbortController();
  const wait = () => setTimeout(() => controller.abort(), PATIENCE_MILLISECONDS);
  let timer = wait();
  try {
    const response = await fetch(address, { signal: controller.signal });
    if (!response.ok || !response.body) throw new Error(`it answers ${response.status}`);
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, stream) {
        clearTimeout(timer);
        timer = wait();
        bytes += chunk.length;
        status.detail(`${(bytes / 1e6).toFixed(0)} MB`);
        stream.enqueue(chunk);
      },
    });
    await Deno.writeFile(path, response.body.pipeThrough(counted));
  } catch (error) {
    // The last part of what fetch says is the reason.
    const message = (error as Error).message.split(": ").slice(-2).join(": ");
    const why = controller.signal.aborted ? "it does not answer" : message;
    throw new UserError(`tfjs-node's own download cannot be had from ${host} (${why}).`);
  } finally {
    clearTimeout(timer);
    status.stop();
  }
}
