import { NO_LIMIT, type PartArgument } from "./_jobs.ts";

/** How the work of a kernel is cut into chunks of equal numbers of items. */
export interface Plan {
  readonly items: number;
  readonly chunks: number;
  /** Items of a chunk; the last one may have fewer. */
  readonly chunk: number;
  /** Multiplications, or what takes as long. */
  readonly work: number;
}

/** Words for the arguments of a kernel that works on a part of the items. */
export interface Part<Value> {
  /** The first item, times `scale`. */
  begin(scale?: number): Value;
  /** One past the last item, times `scale`; at most `limit`. */
  end(scale?: number, limit?: number): Value;
  /** Number of items. */
  length(): Value;
  /** A pointer moved to the first item. */
  at(pointer: number, bytes: number): Value;
  /** The scratch area of this thread. */
  own(pointer: number, bytes: number): Value;
  /** The result area of this part. */
  slot(pointer: number, bytes: number): Value;
}

/** All of the items in one part. */
export function whole({ items }: Plan): Part<number> {
  return {
    begin: () => 0,
    end: (scale = 1, limit = items * scale) => Math.min(limit, items * scale),
    length: () => items,
    at: (pointer) => pointer,
    own: (pointer) => pointer,
    slot: (pointer) => pointer,
  };
}

/** One part for each chunk, to be filled in by the thread that takes it. */
export function chunked({ items, chunk }: Plan): Part<PartArgument> {
  const argument = (settings: Partial<PartArgument>): PartArgument => ({
    count: false,
    base: 0,
    perChunk: 0,
    perThread: 0,
    limit: NO_LIMIT,
    ...settings,
  });
  return {
    begin: (scale = 1) => argument({ perChunk: chunk * scale }),
    end: (scale = 1, limit = items * scale) =>
      argument({
        base: chunk * scale,
        perChunk: chunk * scale,
        limit: Math.min(limit, items * scale),
      }),
    length: () => argument({ count: true, perChunk: chunk, limit: items }),
    at: (pointer, bytes) => argument({ base: pointer, perChunk: chunk * bytes }),
    own: (pointer, bytes) => argument({ base: pointer, perThread: bytes }),
    slot: (pointer, bytes) => argument({ base: pointer, perChunk: bytes }),
  };
}
