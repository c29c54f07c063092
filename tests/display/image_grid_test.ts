import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32, inflateSync } from "node:zlib";
import * as tf from "@tensorflow/tfjs";
import { imageGrid } from "../../lib/display/mod.ts";
import { encodePng } from "../../lib/display/_png.ts";
import { assertNoLeaks, assertWellFormed } from "./_markup_check.ts";

/** Header and pixels of a PNG file; checks every checksum. */
function decodePng(bytes: Uint8Array) {
  assert.deepEqual([...bytes.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Record<string, Uint8Array> = {};
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks[type] = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(view.getUint32(at + 8 + length), crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  const header = Buffer.from(chunks.IHDR);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = header[9] === 0 ? 1 : 3;
  const rows = inflateSync(chunks.IDAT);
  const pixels: number[] = [];
  for (let row = 0; row < height; row++) {
    const start = row * (width * channels + 1);
    assert.equal(rows[start], 0, "no filter");
    pixels.push(...rows.subarray(start + 1, start + 1 + width * channels));
  }
  assert.ok("IEND" in chunks);
  return { width, height, channels, pixels };
}

/** The pictures inside some HTML. */
function pictures(html: string) {
  return [...html.matchAll(/src="data:image\/png;base64,([^"]+)"/g)]
    .map(([, data]) => decodePng(Buffer.from(data, "base64")));
}

Deno.test("a PNG file holds the pixels it was given", () => {
  const grey = Uint8Array.of(0, 50, 100, 150, 200, 255);
  assert.deepEqual(decodePng(encodePng(grey, 3, 2, 1)), {
    width: 3,
    height: 2,
    channels: 1,
    pixels: [...grey],
  });
  assert.deepEqual(decodePng(encodePng(grey, 1, 2, 3)).pixels, [...grey]);
});

Deno.test("images of a tensor are shown, and the tensor is kept", async () => {
  await tf.setBackend("cpu");
  const tensor = tf.tensor4d([0, 0.5, 1, 0.25, 1, 1, 0, 0], [2, 2, 2, 1]);
  const before = tf.memory().numTensors;
  const grid = await imageGrid(tensor, { title: "Two & two", captions: ["<a>", "b"] });
  assert.equal(tf.memory().numTensors, before);
  tensor.dispose();
  const { "text/html": html, "text/plain": text } = grid.bundle();
  assertWellFormed(html!);
  assertNoLeaks(html!);
  assert.deepEqual(pictures(html!).map(({ pixels }) => pixels), [
    [0, 128, 255, 64],
    [255, 255, 0, 0],
  ]);
  assert.match(html!, /alt="&lt;a&gt;"/);
  assert.equal(text, "Two & two. 2 images, 2 × 2 grey, black 0, white 1: <a>, b");
});

Deno.test("bytes keep their scale; rows choose; other values are stretched", async () => {
  const values = Uint8Array.from({ length: 3 * 2 * 2 * 3 }, (_, i) => i);
  const colour = await imageGrid({ values, shape: [2, 2, 3] }, { rows: [2, 0] });
  const [third, first] = pictures(colour.bundle()["text/html"]!);
  assert.deepEqual(third.pixels, [...values.subarray(24)]);
  assert.deepEqual(first.pixels, [...values.subarray(0, 12)]);
  assert.match(colour.toString(), /^2 of 3 images, 2 × 2 colour, black 0, white 255$/);
  const weights = await imageGrid({ values: [-1, 0, 1, NaN], shape: [2, 2] });
  assert.deepEqual(pictures(weights.bundle()["text/html"]!)[0].pixels, [0, 128, 255, 0]);
});

Deno.test("what is no image is refused", async () => {
  const values = new Uint8Array(8);
  await assert.rejects(imageGrid({ values, shape: [2, 2, 2] }), /found \[2, 2, 2\]/);
  await assert.rejects(imageGrid({ values, shape: [2, 2] }, { rows: [2] }), /go from 0 to 1/);
  await assert.rejects(
    imageGrid({ values, shape: [2, 2] }, { captions: ["one"] }),
    /each of the 2 images but found 1/,
  );
});
