import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { strokeDigits } from "../../../lib/data/mod.ts";
import { countClasses } from "../_real.ts";

const sizes = { train: 1000, validation: 0, test: 0 };

Deno.test("the same seed draws the same digits, another seed others", () => {
  const image = (seed: number) =>
    strokeDigits({ ...sizes, train: 20, seed }).train.inputs.image.values;
  deepStrictEqual(image(1), image(1));
  ok(image(1).some((pixel, at) => pixel !== image(2)[at]));
});

Deno.test("every class occurs, factors stay in their ranges, every image has ink inside", () => {
  const { train } = strokeDigits(sizes);
  ok(countClasses(train.target("digit").values, 10).every((count) => count > 60));
  const range = (name: "slant" | "thickness" | "size") => {
    const { values } = train.target(name);
    return [Math.min(...values), Math.max(...values)];
  };
  const inside = ([least, most]: number[], from: number, to: number) => {
    ok(least >= from - 1e-6 && least < from + 0.1 * (to - from), `${least} from ${from}`);
    ok(most <= to + 1e-6 && most > to - 0.1 * (to - from), `${most} to ${to}`);
  };
  inside(range("slant"), -0.35, 0.45);
  inside(range("thickness"), 1.4, 3.8);
  inside(range("size"), 15, 21);
  const images = train.inputs.image.values;
  for (let row = 0; row < train.size; row++) {
    const image = images.subarray(row * 784, (row + 1) * 784);
    const ink = Array.from(image).reduce((total, pixel) => total + pixel / 255, 0);
    ok(ink > 15 && ink < 300, `image ${row} has ${ink} pixels of ink`);
  }
});

Deno.test("a thicker pen leaves more ink, a larger digit is higher, slant leans to the right", () => {
  const { train } = strokeDigits(sizes);
  const { values: thickness } = train.target("thickness");
  const { values: size } = train.target("size");
  const { values: slant } = train.target("slant");
  const ink = new Float64Array(train.size);
  const height = new Float64Array(train.size);
  const lean = new Float64Array(train.size);
  for (let row = 0; row < train.size; row++) {
    let [total, meanX, meanY, product, square] = [0, 0, 0, 0, 0];
    let [first, last] = [28, 0];
    const each = (visit: (x: number, y: number, shade: number) => void) => {
      for (let at = 0; at < 784; at++) {
        const shade = train.inputs.image.values[row * 784 + at] / 255;
        if (shade > 0) visit(at % 28, Math.floor(at / 28), shade);
      }
    };
    each((x, y, shade) => {
      total += shade;
      meanX += x * shade;
      meanY += y * shade;
      first = Math.min(first, y);
      last = Math.max(last, y);
    });
    each((x, y, shade) => {
      product += (x - meanX / total) * (y - meanY / total) * shade;
      square += (y - meanY / total) ** 2 * shade;
    });
    ink[row] = total;
    height[row] = last - first;
    lean[row] = -product / square;
  }
  ok(correlation(ink, thickness) > 0.7);
  ok(correlation(height, size) > 0.7);
  ok(correlation(lean, slant) > 0.6);
});

Deno.test("the set says that it is generated", () => {
  const { test } = strokeDigits({ train: 1, validation: 1, test: 1 });
  strictEqual(test.origin, "generated");
});

function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanOne, meanOther] = [mean(one), mean(other)];
  let [product, squareOne, squareOther] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    product += (one[at] - meanOne) * (other[at] - meanOther);
    squareOne += (one[at] - meanOne) ** 2;
    squareOther += (other[at] - meanOther) ** 2;
  }
  return product / Math.sqrt(squareOne * squareOther);
}
