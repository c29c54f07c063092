import { deflateSync } from "node:zlib";

/** A value to write: numbers column by column, text, or cells. */
export type Written =
  | { shape: readonly number[]; values: readonly number[]; as?: "double" | "uint8" }
  | string
  | readonly Written[];

/** A little-endian MAT file of version 5 with these variables. */
export function makeMat(
  variables: Readonly<Record<string, Written>>,
  options: { compressed?: boolean } = {},
): Uint8Array {
  const header = new Uint8Array(128).fill(32);
  header.set(new TextEncoder().encode("MATLAB 5.0 MAT-file"));
  header.set([0, 1, 0x49, 0x4d], 124);
  const parts = Object.entries(variables).map(([name, value]) => {
    const matrix = array(name, value);
    if (!options.compressed) return matrix;
    const packed = new Uint8Array(deflateSync(matrix));
    return join([numbers32([15, packed.length]), packed]);
  });
  return join([header, ...parts]);
}

function array(name: string, value: Written): Uint8Array {
  const label = element(1, new TextEncoder().encode(name));
  if (typeof value === "string") {
    const codes = new Uint8Array(new Uint16Array([...value].map((c) => c.charCodeAt(0))).buffer);
    return element(14, join([flags(4), sides([1, value.length]), label, element(4, codes)]));
  }
  if (!("shape" in value)) {
    const cells = value.map((cell) => array("", cell));
    return element(14, join([flags(1), sides([1, value.length]), label, ...cells]));
  }
  const bytes = value.as === "uint8"
    ? element(2, Uint8Array.from(value.values))
    : element(9, new Uint8Array(Float64Array.from(value.values).buffer));
  return element(14, join([flags(6), sides(value.shape), label, bytes]));
}

function flags(kind: number): Uint8Array {
  return element(6, numbers32([kind, 0]));
}

function sides(shape: readonly number[]): Uint8Array {
  return element(5, numbers32(shape));
}

function element(type: number, bytes: Uint8Array): Uint8Array {
  const padding = new Uint8Array((8 - bytes.length % 8) % 8);
  return join([numbers32([type, bytes.length]), bytes, padding]);
}

function numbers32(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
