import { addScaled } from "../_matrix.ts";
import { lasso } from "./lasso.ts";
import { ridge } from "./ridge.ts";
import type { BoundPenalty, Penalty, QuadraticForm } from "./penalty.ts";
import type { Layout } from "../layout.ts";

// Ω(W) = Σ_i Ω_i(W)

/**
 * The sum of penalties on the same coefficients. Sums within sums are taken apart.
 *
 * Any number of quadratic ones (ridge, mean-regularised, graph, temporal) plus at most one other; or
 * several of those whose proximal operators may be applied one after the other: fused, then lasso,
 * then one of the group penalties jointFeatures and l1Infinity (Friedman et al. 2007; Jenatton et al.
 * 2011; Zhou, Liu, Narayan and Ye, KDD 2012), or lasso, then taskGroups. Other sums have no operator
 * in closed form: use {@linkcode superpose}, which gives each penalty a part of `W`.
 *
 * @throws {RangeError} When the operator does not split, as soon as the penalty meets tasks.
 */
export function sum(...given: readonly Penalty[]): Penalty {
  if (given.length === 0) throw new RangeError("sum needs at least one penalty.");
  const terms = given.flatMap((term) => term.terms ?? [term]);
  return {
    name: terms.map((term) => term.name).join(" + "),
    parts: 1,
    configuration: { name: "sum", terms: terms.map((term) => term.configuration) },
    terms,
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

/**
 * The order in which proximal operators may follow each other. What comes later only shrinks: it
 * leaves signs, and which neighbours are equal, as the earlier ones made them (the condition of Yu,
 * NIPS 2013, theorem 1).
 */
const ORDER = ["fused", "lasso", "jointFeatures", "l1Infinity", "taskGroups"];

function splits(names: readonly string[]): boolean {
  if (names.length < 2) return true;
  const groups = new Set(names.filter((name) => ORDER.indexOf(name) > 1));
  return names.every((name) => ORDER.includes(name)) && groups.size <= 1 &&
    // The groups of taskGroups do not hold the neighbours that fused compares.
    !(names.includes("fused") && groups.has("taskGroups"));
}

function bindSum(terms: readonly Penalty[], layout: Layout): BoundPenalty {
  const bound = terms.map((term) => ({ name: term.name, penalty: term.bind(layout) }));
  const smooth = bound.flatMap(({ penalty }) => penalty.quadratic ?? penalty.smoothPart ?? []);
  const rough = bound.filter(({ penalty }) => !penalty.quadratic)
    .sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  if (!splits(rough.map(({ name }) => name)) || terms.some((term) => term.parts > 1)) {
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
