// A WebAssembly module says in one byte whether its memory is shared between threads. Upstream's
// ordinary module and our kernels declare a maximum size already, so that turning the byte is all it
// takes to run them on shared memory; upstream's own threaded build, with its workers, is not needed.

const IMPORTS = 2;
const MEMORY = 5;
const MEMORY_IMPORT = 2;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/**
 * A copy of a module whose memory is declared shared.
 *
 * @throws {Error} When the module declares no memory, or one without a maximum.
 */
export function withSharedMemory(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(module);
  const at = limitsPosition(bytes);
  if (at === undefined || !(bytes[at] & HAS_MAXIMUM)) {
    throw new Error("The module declares no memory with a maximum size: it cannot be shared.");
  }
  bytes[at] |= SHARED;
  return bytes;
}

/** Where the flags of the memory's limits stand. */
function limitsPosition(bytes: Uint8Array): number | undefined {
  const reader = new Reader(bytes, 8);
  while (reader.position < bytes.length) {
    const section = reader.byte();
    const size = reader.integer();
    const end = reader.position + size;
    if (section === MEMORY && reader.integer() > 0) return reader.position;
    if (section === IMPORTS) {
      // The kernels import their memory first; upstream imports functions and defines its memory.
      if (reader.integer() > 0) {
        reader.skipName();
        reader.skipName();
        if (reader.byte() === MEMORY_IMPORT) return reader.position;
      }
    }
    reader.position = end;
  }
  return undefined;
}

/** Reads the binary format of WebAssembly: bytes, LEB128 integers, names. */
class Reader {
  constructor(readonly bytes: Uint8Array, public position: number) {}

  byte(): number {
    return this.bytes[this.position++];
  }

  integer(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  skipName(): void {
    const length = this.integer();
    this.position += length;
  }
}
