import { circumstances, earlierRecord, publish, publishRecord } from "../_record.ts";
import type { SchoolRow } from "./main.ts";
import { decades, halfDecades, schoolModels } from "./protocol.ts";
import type { SplitSource } from "./splits.ts";

/**
 * Keeps the rows as `bench/results/school.json` and `.md`, or `school_own_splits` for splits of our own.
 * Rows of other training shares stay as they are, where they have the same seeds.
 */
export async function writeResults(
  splits: SplitSource,
  seeds: number,
  rows: readonly SchoolRow[],
): Promise<void> {
  const name = splits === "reference" ? "school" : "school_own_splits";
  const conditions = await circumstances(splits === "reference" ? ["numpy"] : []);
  const all = [...rows, ...await earlierRows(`${name}.json`, rows, seeds)]
    .sort((a, b) => a.train - b.train);
  const record = {
    ...conditions,
    splits,
    seeds,
    strengths: Object.fromEntries(schoolModels.map(({ name, strengths }) => [name, strengths])),
    rows: all,
  };
  await publishRecord(`${name}.json`, record);
  await publish(`${name}.md`, `${preface(splits, seeds)}\n\n${table(all)}\n`);
}

async function earlierRows(
  name: string,
  rows: readonly SchoolRow[],
  seeds: number,
): Promise<SchoolRow[]> {
  const earlier = await earlierRecord(name) as { seeds: number; rows: SchoolRow[] } | undefined;
  if (earlier?.seeds !== seeds) return [];
  return earlier.rows.filter(({ train }) => !rows.some((row) => row.train === train));
}

function preface(splits: SplitSource, seeds: number): string {
  const whose = splits === "reference"
    ? `the splits of the reference figures (NumPy's \`default_rng\`, seeds 0 to ${seeds - 1})`
    : `${seeds} splits of our own`;
  const five = splits === "own" && seeds > 5
    ? ' "Five splits" is where 95 % of the means over five other\nsplits lie.'
    : "";
  return `School on ${whose}: strength by 3-fold\ncross-validation on the training pupils, for the two ridges from ${
    decades.join(", ")
  },\nfor all other models from ${halfDecades.join(", ")}.${five}`;
}

function table(rows: readonly SchoolRow[]): string {
  const lines = rows.map((row) => {
    const { rmse, explainedVariance, fiveSplits, reference } = row;
    const cells = [
      `${Math.round(100 * row.train)} %`,
      row.model,
      `${rmse.toFixed(3)} ± ${row.rmseInterval.toFixed(3)}`,
      ...(fiveSplits ? [range(fiveSplits.rmse, 2)] : []),
      reference?.rmse.toFixed(2) ?? "",
      `${explainedVariance.toFixed(2)} ± ${row.explainedVarianceInterval.toFixed(2)}`,
      ...(fiveSplits ? [range(fiveSplits.explainedVariance, 1)] : []),
      reference?.explainedVariance.toFixed(1) ?? "",
      [...new Set(row.strengths)].sort((a, b) => a - b).join(", "),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const five = rows.some(({ fiveSplits }) => fiveSplits) ? ["five splits"] : [];
  const heads = [
    "train",
    "model",
    "RMSE",
    ...five,
    "reference",
    "explained %",
    ...five,
    "reference",
    "strengths",
  ];
  return [`| ${heads.join(" | ")} |`, `|${heads.map(() => "---").join("|")}|`, ...lines].join("\n");
}

function range([lower, upper]: readonly number[], digits: number): string {
  return `${lower.toFixed(digits)} to ${upper.toFixed(digits)}`;
}
