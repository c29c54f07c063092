import { ok } from "node:assert/strict";
import { Random } from "../../lib/math/random.ts";
import * as linear from "../../lib/linear/mod.ts";
import { near } from "../_numbers.ts";
import { penalties } from "./_penalties.ts";

function normals(random: Random, count: number, scale = 1): Float64Array {
  return Float64Array.from({ length: count }, () => scale * random.normal());
}

const cases = [1, 3].flatMap((width) =>
  penalties.map((penalty) => ({
    penalty,
    width,
    layout: linear.layoutOf(4, ["a", "b", "c"], [width, width, width]),
  }))
);
for (const { penalty, width, layout } of cases) {
  const name = `${JSON.stringify(penalty.configuration)}, ${width} columns a task`;
  const size = layout.columns * layout.features;

  Deno.test(`no random step beats the proximal operator of ${name}`, () => {
    const bound = penalty.bind(layout);
    const random = new Random(`prox ${name}`);
    // A sum with quadratic terms leaves those to the gradient: they are no part of the operator.
    const value = (x: Float64Array) => {
      if (!bound.smoothPart) return bound.value(x);
      const product = new Float64Array(x.length);
      bound.smoothPart.multiply(x, product);
      return bound.value(x) - product.reduce((sum, p, i) => sum + p * x[i], 0);
    };
    for (const step of [0.3, 1, 2.5]) {
      const v = normals(random, penalty.parts * size, 1.3);
      const x = v.slice();
      bound.apply(x, step);
      const cost = (y: Float64Array) =>
        0.5 * y.reduce((sum, yi, i) => sum + (yi - v[i]) ** 2, 0) + step * value(y);
      const best = cost(x);
      ok(Number.isFinite(best));
      for (let attempt = 0; attempt < 400; attempt++) {
        const y = x.slice();
        const far = 10 ** (-4 * random.uniform());
        for (let i = 0; i < y.length; i++) {
          // Some attempts move single numbers, some pull towards zero or towards v.
          if (attempt % 3 === 0 || random.uniform() < 0.2) y[i] += far * random.normal();
          else if (attempt % 3 === 1) y[i] *= 1 - far;
          else y[i] += far * (v[i] - y[i]);
        }
        ok(cost(y) >= best - 1e-9 * Math.max(1, best), `${cost(y)} < ${best}`);
      }
    }
  });

  Deno.test(`the proximal operator of ${name} brings points no further apart`, () => {
    const bound = penalty.bind(layout);
    const random = new Random(`firm ${name}`);
    for (let attempt = 0; attempt < 20; attempt++) {
      const a = normals(random, penalty.parts * size), b = normals(random, penalty.parts * size);
      const pa = a.slice(), pb = b.slice();
      bound.apply(pa, 0.8);
      bound.apply(pb, 0.8);
      // Firmly: ‖pa - pb‖² ≤ ⟨pa - pb, a - b⟩.
      let square = 0, inner = 0;
      for (let i = 0; i < a.length; i++) {
        square += (pa[i] - pb[i]) ** 2;
        inner += (pa[i] - pb[i]) * (a[i] - b[i]);
      }
      ok(square <= inner + 1e-10, `${square} > ${inner}`);
    }
  });

  const dual = penalty.bind(layout).dual;
  if (dual && penalty.parts === 1 && !penalty.bind(layout).smoothPart) {
    Deno.test(`the dual norm of ${name} is the largest inner product on its unit ball`, () => {
      const bound = penalty.bind(layout);
      const random = new Random(`dual ${name}`);
      const gradient = normals(random, size);
      const length = bound.dual!(gradient);
      let seen = 0;
      for (let attempt = 0; attempt < 300; attempt++) {
        const w = normals(random, size);
        const norm = bound.value(w);
        const inner = w.reduce((sum, wi, i) => sum + wi * gradient[i], 0) / norm;
        ok(inner <= length + 1e-10);
      }
      // By Moreau, v minus its operator lies on the dual ball of radius 1 and is the nearest there:
      // for a large v the inner product with it is attained.
      const far = gradient.map((g) => 1e4 * g);
      const moved = far.slice();
      bound.apply(moved, 1);
      const value = bound.value(moved);
      seen = moved.reduce((sum, wi, i) => sum + wi * (far[i] - moved[i]), 0) / value;
      near([seen], [1], 1e-6);
      near([bound.dual!(far.map((f, i) => f - moved[i]))], [1], 1e-6);
    });
  }

  if (penalty.bind(layout).quadratic) {
    Deno.test(`${name} is the quadratic form it says`, () => {
      const bound = penalty.bind(layout);
      const w = normals(new Random(name), size);
      const product = new Float64Array(size);
      bound.quadratic!.multiply(w, product);
      near([product.reduce((sum, p, i) => sum + p * w[i], 0)], [bound.value(w)], 1e-12);
      const unit = new Float64Array(size);
      for (let k = 0; k < layout.columns; k++) {
        unit.fill(0);
        unit[k * layout.features] = 1;
        near([bound.quadratic!.diagonal[k]], [bound.value(unit)], 1e-12);
        ok(bound.quadratic!.largest >= bound.value(unit) - 1e-12);
      }
    });
  }
}
