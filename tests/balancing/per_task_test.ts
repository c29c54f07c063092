import { throws } from "node:assert/strict";
import {
  alignedMtl,
  autoLambda,
  type Balancer,
  conflictFree,
  constantGradient,
  cosmos,
  dualproj,
  famo,
  fixedWeights,
  graddrop,
  gradnorm,
  imtlL,
  paretoMtl,
  pbi,
  pcd,
  stch,
  uncertaintyWeights,
  upgrad,
} from "../../lib/balancing/mod.ts";

const makers: Record<string, (entries: number[]) => Balancer> = {
  "upgrad preference": (preference) => upgrad({ preference }),
  "dualproj preference": (preference) => dualproj({ preference }),
  "aligned-mtl preference": (preference) => alignedMtl({ preference }),
  "config preference": (preference) => conflictFree({ preference }),
  "stch preference": (preference) => stch({ preference }),
  "stch reference": (reference) => stch({ reference }),
  "uncertainty initial": (initial) => uncertaintyWeights({ initial }),
  "uncertainty kinds": (entries) =>
    uncertaintyWeights({ kinds: entries.map(() => "regression" as const) }),
  "imtl-l initial": (initial) => imtlL({ initial }),
  "famo minimum": (minimum) => famo({ minimum }),
  "cosmos preference": (preference) => cosmos({ preference }),
  "pbi preference": (preference) => pbi({ preference }),
  "pbi reference": (reference) => pbi({ reference }),
  "constant weights": (weights) => constantGradient({ weights }),
  "fixed weights": (weights) => fixedWeights({ weights }),
  "auto-lambda initial": (initial) => autoLambda({ initial }),
  "pcd tau": (tau) => pcd({ tau }),
  "gradnorm initialLosses": (initialLosses) => gradnorm({ initialLosses }),
  "graddrop leak": (leak) => graddrop({ leak }),
  "pareto-mtl preferences[1]": (entries) =>
    paretoMtl({ preferences: [[1, 1, 1], entries], chosen: 0 }),
};

for (const [name, make] of Object.entries(makers)) {
  const [method, setting] = name.split(" ");
  Deno.test(`${name}: one entry a task, or a sentence`, () => {
    make([1, 1, 1]).reset?.(["a", "b", "c"]);
    for (const entries of [[1, 1], [1, 1, 1, 1]]) {
      const escaped = setting.replace("[", "\\[").replace("]", "\\]");
      throws(
        () => make(entries).reset?.(["a", "b", "c"]),
        new RegExp(
          `The setting "${escaped}" of ${method} has ${entries.length} entries, but the model has 3`,
        ),
      );
    }
  });
}

Deno.test("entries that are no numbers get a sentence", () => {
  throws(
    () => upgrad({ preference: [1, NaN] }).reset?.(["a", "b"]),
    /Entry 1 of the setting "preference" of upgrad must be a finite number, but is NaN/,
  );
});

Deno.test("without a model the rows of a Gramian or of a Jacobian are the tasks", () => {
  const wrong = { preference: [1, 1, 1] };
  throws(() => upgrad(wrong).weights([[1, 0], [0, 1]]), /has 3 entries, but the model has 2 tasks/);
  throws(() => graddrop({ leak: [0] }).combine([[1], [2]]), /has 1 entries, but the model has 2/);
  // Some of more tasks: each has its entry.
  upgrad(wrong).weights([[1, 0], [0, 1]], [0, 1]);
  throws(() => upgrad(wrong).weights([[1, 0], [0, 1]], [0, 3]), /but the model has 4 tasks/);
});
