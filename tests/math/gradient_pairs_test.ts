import { ok } from "node:assert/strict";
import { gradientGeometry } from "../../lib/analysis/mod.ts";
import { gradientPair } from "../../lib/math/gradient_pairs.ts";
import { gramianOf } from "../../lib/math/matrix.ts";
import { conformance } from "../balancing/_conformance.ts";

for (const { name, jacobian, tolerance, ...expected } of conformance.figures) {
  Deno.test(`${name}: figures`, () => {
    const gramian = gramianOf(jacobian);
    const pair = gradientPair(gramian, 0, 1);
    for (const figure of ["cosine", "magnitudeSimilarity", "curvature"] as const) {
      ok(Math.abs(pair[figure] - expected[figure]) <= tolerance, `${figure} is ${pair[figure]}`);
    }
    const { conditionNumber, cosines, magnitudeSimilarities } = gradientGeometry(gramian);
    ok(Math.abs(conditionNumber - expected.conditionNumber) <= tolerance, `${conditionNumber}`);
    ok(Math.abs(cosines[0][1] - expected.cosine) <= tolerance);
    ok(Math.abs(magnitudeSimilarities[0][1] - expected.magnitudeSimilarity) <= tolerance);
  });
}
