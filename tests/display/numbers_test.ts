import assert from "node:assert/strict";
import {
  columnFormat,
  formatNumber,
  linearTicks,
  logTicks,
  tickLabels,
} from "../../lib/display/_numbers.ts";

Deno.test("numbers are written in four digits, groups of three, with a real minus", () => {
  assert.equal(formatNumber(0.971349), "0.9713");
  assert.equal(formatNumber(12345), "12,345");
  assert.equal(formatNumber(-0.5), "−0.5");
  assert.equal(formatNumber(1.234e-7), "1.23e−7");
  assert.equal(formatNumber(0), "0");
  assert.equal(formatNumber(NaN), "NaN");
  assert.equal(formatNumber(-Infinity), "−∞");
});

Deno.test("numbers of a column have the same decimals", () => {
  const format = columnFormat([0.5, 0.93124, 0.1]);
  assert.deepEqual([0.5, 0.93124, -0.1].map(format), ["0.5000", "0.9312", "−0.1000"]);
  assert.deepEqual([1, 20, 300].map(columnFormat([1, 20, 300])), ["1", "20", "300"]);
  assert.equal(columnFormat([1.5], 1)(-0.01), "0.0", "no minus before a rounded zero");
  assert.equal(columnFormat([1, 2, NaN])(NaN), "NaN");
  assert.equal(columnFormat([3e-8, 2e-8])(3e-8), "3.00e−8");
});

Deno.test("ticks are round, inside the range and labelled alike", () => {
  assert.deepEqual(linearTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(tickLabels([0.108, 0.11, 0.112]), ["0.108", "0.110", "0.112"]);
  assert.deepEqual(linearTicks(3, 3, 5), [3]);
  assert.deepEqual(logTicks(0.01, 1), [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  for (const tick of linearTicks(-3.7, 12.9, 6)) assert.ok(tick >= -3.7 && tick <= 12.9);
  assert.ok(logTicks(1e-12, 1e12).length < 12);
});
