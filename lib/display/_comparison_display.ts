import type { Comparison } from "../analysis/compare.ts";
import type { MimeBundle } from "./displayable.ts";
import { element } from "./_markup.ts";
import { table, tableStyle } from "./table.ts";

/** A comparison as two tables: means, and differences from the baseline paired by seed. */
export function comparisonBundle(comparison: Comparison): MimeBundle {
  const { seeds, baseline, runs, interrupted, seedsAsked } = comparison;
  const count = interrupted
    ? `${seeds.length} of ${seedsAsked} seeds (interrupted)`
    : `${seeds.length} seeds`;
  if (seeds.length === 0) {
    const text = `No seed of ${seedsAsked} was finished: the comparison was interrupted.`;
    return { "text/html": element("p", { class: "pt-output" }, text), "text/plain": text };
  }
  const figures = [...new Set(Object.values(runs).flatMap((byFigure) => Object.keys(byFigure)))];
  const means = comparison.means();
  const differences = comparison.differences();
  const byVariant = (rows: readonly { variant: string; figure: string }[]) =>
    Object.keys(runs).filter((variant) => rows.some((row) => row.variant === variant))
      .map((variant) => ({
        variant,
        ...Object.fromEntries(figures.map((figure) => [
          figure,
          rows.find((row) => row.variant === variant && row.figure === figure),
        ])),
      }));
  const tables = [
    table(byVariant(means), {
      caption: `Means and 95 % intervals over ${count}`,
      columns: ["variant", ...figures],
      types: false,
    }),
    ...(differences.length === 0 ? [] : [table(byVariant(differences), {
      caption: `Differences from ${baseline}, paired by seed`,
      columns: ["variant", ...figures],
      types: false,
    })]),
  ];
  return {
    "text/html": element(
      "div",
      { class: "pt-output" },
      tableStyle + tables.map((each) => each.html()).join(""),
    ),
    "text/plain": tables.map((each) => each.text()).join("\n\n"),
  };
}
