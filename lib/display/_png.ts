import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** One chunk of a PNG file: length, type, data, checksum over type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/**
 * A picture as a PNG file. `pixels` holds `height * width * channels` bytes, rows from top to
 * bottom; 1 channel is grey, 3 are red, green and blue. (PNG specification, third edition, 2025.)
 */
export function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits a channel
  header[9] = channels === 1 ? 0 : 2; // grey, or red, green and blue
  const stride = width * channels;
  // Every row starts with its filter; 0 is none.
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    rows.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1);
  }
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** A PNG file as a data URI. */
export function pngUri(...picture: Parameters<typeof encodePng>): string {
  return `data:image/png;base64,${Buffer.from(encodePng(...picture)).toString("base64")}`;
}
