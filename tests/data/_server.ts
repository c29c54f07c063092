/** A web server for one test, on a free port of this machine. */
export interface TestServer {
  readonly address: string;
  /** Paths asked for, in order, each with its range if any: `"/good bytes=100-"`. */
  readonly requests: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server; `answer` gets the path and the first byte asked for. */
export function serve(
  answer: (path: string, from: number) => Response | Promise<Response>,
): TestServer {
  const requests: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname;
    const range = request.headers.get("range");
    requests.push(range ? `${path} ${range}` : path);
    return answer(path, Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0));
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The bytes from `from` on, as a server that knows ranges sends them. */
export function ranged(bytes: Uint8Array, from: number, body?: BodyInit): Response {
  const rest = bytes.slice(from);
  if (from === 0) return new Response(body ?? rest);
  return new Response(body ?? rest, {
    status: 206,
    headers: { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` },
  });
}

/** A body that sends `bytes` in pieces and then breaks off. */
export function broken(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    async pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes);
        return;
      }
      // Give the first piece time to leave before the connection goes.
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error("the line went dead"));
    },
  });
}

/** A body that sends `bytes` in `pieces` with a pause before each. */
export function slow(
  bytes: Uint8Array,
  pieces: number,
  pauseMilliseconds: number,
): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
