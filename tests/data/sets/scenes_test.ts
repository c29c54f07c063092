import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { scenes } from "../../../lib/data/mod.ts";
import { countClasses } from "../_real.ts";

const { train } = scenes({ train: 300, validation: 0, test: 0, seed: 4 });
const columns = train.targets;

Deno.test("segmentation, depth, class and box tell of the same scene", () => {
  for (let row = 0; row < train.size; row++) {
    const pixels = Array.from({ length: 1024 }, (_, place) => row * 1024 + place);
    const depth = (at: number) => columns.depth.values[at];
    const kind = (at: number) => columns.segmentation.values[at];
    ok(pixels.every((at) => (kind(at) === 0) === (depth(at) === 1)));
    const near = Math.min(...pixels.map(depth));
    const nearest = pixels.filter((at) => depth(at) === near);
    ok(nearest.every((at) => kind(at) === columns.shape.values[row] + 1));
    const [left, top, right, bottom] = columns.box.values.subarray(row * 4, row * 4 + 4);
    ok(left >= -1e-6 && top >= -1e-6 && right <= 1 + 1e-6 && bottom <= 1 + 1e-6);
    for (const at of nearest) {
      const [x, y] = [(at % 32 + 0.5) / 32, (Math.floor((at % 1024) / 32) + 0.5) / 32];
      ok(x >= left && x <= right && y >= top && y <= bottom);
    }
    // The nearest shape is never covered: its pixels reach its box on all sides, within a pixel or
    // two (the triangle's tip is thin).
    const rows = nearest.map((at) => Math.floor((at % 1024) / 32) / 32);
    ok(Math.min(...rows) - top < 2.5 / 32 && bottom - Math.max(...rows) < 2.5 / 32);
  }
});

Deno.test("all classes occur; same seed, same scenes", () => {
  ok(countClasses(columns.shape.values, 3).every((count) => count > 60));
  const again = scenes({ train: 300, validation: 0, test: 0, seed: 4 }).train;
  deepStrictEqual(again.inputs.image.values, train.inputs.image.values);
  strictEqual(train.origin, "generated");
});

Deno.test("shapes are brighter than the background", () => {
  let [inside, outside, within, without] = [0, 0, 0, 0];
  train.inputs.image.values.forEach((shade: number, at: number) => {
    if (columns.segmentation.values[at]) [inside, within] = [inside + shade, within + 1];
    else [outside, without] = [outside + shade, without + 1];
  });
  ok(inside / within > outside / without + 0.2);
});
