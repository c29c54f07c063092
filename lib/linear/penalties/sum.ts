import { addScaled } from "../_matrix.ts";
import { lasso } from "./lasso.ts";
import { ridge } from "./ridge.ts";
import type { BoundPenalty, Penalty, QuadraticForm } from "./penalty.ts";
import type { Layout } from "../layout.ts";

// Ω(W) = Σ_i Ω_i(W)

/**
 * The sum of penalties on the same coefficients.
 *
 * Any number of quadratic ones (ridge, mean-regularised, graph, temporal) plus at most one other; or
 * lasso with one of the group penalties (jointFeatures, l1Infinity, taskGroups), whose proximal
 * operators may be applied one after the other (Jenatton et al. 2011). Other sums have no operator in
 * closed form: use {@linkcode superpose}, which gives each penalty a part of `W`.
 */
export function sum(...terms: readonly Penalty[]): Penalty {
  if (terms.length === 0) throw new RangeError("sum needs at least one penalty.");
  return {
    name: terms.map((term) => term.name).join(" + "),
    parts: 1,
    configuration: { name: "sum", terms: terms.map((term) => term.configuration) },
    bind: (layout) => bindSum(terms, layout),
  };
}

/**
 * Elastic net: `ρ₁ ‖W‖₁ + ρ₂ ‖W‖²_F` (Zou and Hastie 2005). scikit-learn's
 * `ElasticNet(alpha, l1_ratio)` on n rows is `elasticNet(n alpha l1_ratio, n alpha (1 - l1_ratio) / 2)`.
 *
 * @param entries ρ₁ ≥ 0.
 * @param squares ρ₂ ≥ 0.
 */
export function elasticNet(entries: number, squares: number): Penalty {
  const both = sum(lasso(entries), ridge(squares));
  return {
    ...both,
    name: "elasticNet",
    configuration: { name: "elasticNet", entries, squares },
  };
}

/** Group penalties that keep their operator when entries were shrunk before. */
const AFTER_LASSO = new Set(["jointFeatures", "l1Infinity", "taskGroups"]);

function bindSum(terms: readonly Penalty[], layout: Layout): BoundPenalty {
  const bound = terms.map((term) => ({ name: term.name, penalty: term.bind(layout) }));
  const smooth = bound.flatMap(({ penalty }) => penalty.quadratic ? [penalty.quadratic] : []);
  const rough = bound.filter(({ penalty }) => !penalty.quadratic)
    .sort((a, b) => Number(b.name === "lasso") - Number(a.name === "lasso"));
  const splits = rough.length < 2 ||
    (rough.length === 2 && rough[0].name === "lasso" && AFTER_LASSO.has(rough[1].name));
  if (!splits || terms.some((term) => term.parts > 1)) {
    throw new RangeError(
      `The proximal operator of ${terms.map((term) => term.name).join(" + ")} does not split: ` +
        `use quadratic penalties plus one other, or superpose(a, b).`,
    );
  }
  const quadratic = smooth.length > 0 ? sumOfForms(smooth) : undefined;
  const value = (w: Float64Array) =>
    bound.reduce((total, { penalty }) => total + penalty.value(w), 0);
  if (rough.length === 0) {
    if (bound.length === 1) return bound[0].penalty;
    return { value, apply: () => {}, quadratic, smoothPart: quadratic };
  }
  return {
    value,
    apply(v, step) {
      for (const { penalty } of rough) penalty.apply(v, step);
    },
    smoothPart: quadratic,
    dual: rough.length === 1 ? rough[0].penalty.dual?.bind(rough[0].penalty) : undefined,
    featureSeparable: separable(rough.map(({ penalty }) => penalty)),
  };
}

function separable(rough: readonly BoundPenalty[]): BoundPenalty["featureSeparable"] {
  let entry = 0, feature = 0;
  for (const { featureSeparable } of rough) {
    if (!featureSeparable) return undefined;
    entry += featureSeparable.entry;
    feature += featureSeparable.feature;
  }
  return { entry, feature };
}

function sumOfForms(forms: readonly QuadraticForm[]): QuadraticForm {
  const diagonal = new Float64Array(forms[0].diagonal.length);
  for (const form of forms) addScaled(diagonal, 1, form.diagonal);
  return {
    multiply(w, out) {
      const term = new Float64Array(w.length);
      out.fill(0);
      for (const form of forms) {
        form.multiply(w, term);
        addScaled(out, 1, term);
      }
    },
    diagonal,
    largest: forms.reduce((total, form) => total + form.largest, 0),
    separable: forms.every((form) => form.separable),
  };
}
