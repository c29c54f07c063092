import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import {
  asJacobianMethod,
  crMogm,
  gradnorm,
  jacobianMethods,
  mgda,
  modo,
  pcgrad,
  sdmgrad,
} from "../../lib/balancing/mod.ts";

function assertClose(found: readonly number[], expected: readonly number[]) {
  ok(expected.every((value, i) => Math.abs(found[i] - value) < 1e-12), `found [${found}]`);
}

const first = [[1, 0], [0, 2]];
const second = [[3, 0], [0, 1]];

Deno.test("a wrapped method keeps its weights for `every` steps", () => {
  const balancer = asJacobianMethod(mgda({ every: 2 }));
  balancer.reset?.(["a", "b"]);
  assertClose(balancer.combine(first), [0.8, 0.4]);
  assertClose(balancer.combine(second), [2.4, 0.2]);
  deepStrictEqual(balancer.report?.().notes, ["weights of an earlier step"]);
  assertClose(balancer.combine(second), [0.3, 0.9]);
});

Deno.test("what a wrapper cannot give gets a sentence", () => {
  throws(
    () => asJacobianMethod(pcgrad({ on: "representation" })),
    /whole gradients, but pcgrad compares those of on: "representation"; make it with on: "shared"/,
  );
  throws(() => asJacobianMethod(gradnorm()), /gradnorm compares those of on: "last layer"/);
  throws(
    () => asJacobianMethod(modo()),
    /one sample, but modo takes several; make it with sampling: "one"/,
  );
  throws(() => asJacobianMethod(sdmgrad()), /sdmgrad takes several/);
  throws(() => jacobianMethods.mgda({ on: "last layer" }), /mgda compares those of/);
  strictEqual(jacobianMethods.modo().configuration.sampling, "one");
  strictEqual(jacobianMethods.gradnorm().configuration.on, "shared");
});

Deno.test("CR-MOGM looks at the gradients that its method asks for", () => {
  strictEqual(crMogm({ method: mgda({ on: "representation" }) }).on, "representation");
  strictEqual(crMogm({ method: gradnorm() }).on, "last layer");
  const chosen = crMogm({ method: mgda(), on: "last layer" });
  strictEqual(chosen.on, "last layer");
  const { method } = chosen.configuration as { method: { on: string } };
  strictEqual(method.on, "last layer");
  const every = crMogm({ method: mgda({ every: 3 }) });
  every.reset?.(["a", "b"]);
  every.weights([[1, 0], [0, 4]]);
  every.held?.([0, 1]);
  ok(every.held?.([0, 1]), "weights of the first step");
  strictEqual(every.configuration.every, 3);
  throws(
    () => crMogm({ method: mgda({ on: "representation" }), on: "last layer" }),
    /cr-mogm has on: "last layer", but its method mgda has "representation"; give it once/,
  );
  throws(() => crMogm({ method: mgda({ every: 2 }), every: 3 }), /every: 3, but its method mgda/);
});
