import type { MixingReading, ModelSummary } from "../models/mod.ts";
import type { Chart, ChartOptions } from "./chart.ts";
import { heatMap } from "./heat_map.ts";
import { groupDigits } from "./_numbers.ts";
import { type Table, table } from "./table.ts";

/**
 * A summary as a table: every part with its shape, parameters, operations, and the tasks it serves;
 * below them what each task sees.
 *
 * ```ts
 * import { binary, encoders, hardSharing, summary, summaryTable } from "polytask";
 * const model = hardSharing({
 *   encoder: encoders.mlp({ units: [8] }),
 *   tasks: [binary("rain"), binary("wind")],
 * }).build({ inputs: { weather: [5] } });
 * console.log(`${summaryTable(await summary(model))}`);
 * model.dispose();
 * ```
 */
export function summaryTable({ name, rows, total, byTask }: ModelSummary): Table {
  const tasks = Object.keys(byTask);
  const serves = (names: readonly string[]) =>
    names.length === tasks.length ? "all" : names.join(", ");
  const line = (
    part: string,
    shape: string,
    cost: { readonly parameters: number; readonly flops: number },
    served: string,
  ) => ({
    part,
    shape,
    parameters: groupDigits(cost.parameters),
    FLOPs: groupDigits(cost.flops),
    tasks: served,
  });
  return table([
    ...rows.map((row) =>
      line(
        row.owner === "shared" ? row.label : `${row.label} (${row.owner})`,
        row.shape.join(" x "),
        row,
        serves(row.tasks),
      )
    ),
    line("the whole model", "", total, "all"),
    ...tasks.map((task) => line("what one task sees", "", byTask[task], task)),
  ], {
    caption: `${name}: parameters, and floating-point operations for one example`,
    rows: rows.length + tasks.length + 1,
    types: false,
  });
}

/** Settings of {@linkcode mixingMap}. */
export interface MixingMapOptions extends Partial<ChartOptions> {
  /** Of which stitches or gates; default: all that mix as many things as the first. */
  readonly parts?: (reading: MixingReading) => boolean;
}

/**
 * The weights of stitches or gates as a map: a row for each stitch or gate, a column for each thing
 * that it mixes.
 *
 * @throws {RangeError} When no reading is left, or those left mix different numbers of things.
 */
export function mixingMap(
  readings: readonly MixingReading[],
  options: MixingMapOptions = {},
): Chart {
  const first = readings[0]?.of.length;
  const { parts = ({ of }: MixingReading) => of.length === first, ...chart } = options;
  const shown = readings.filter(parts);
  if (shown.length === 0) {
    throw new RangeError("There is no stitch or gate to show; this model mixes nothing.");
  }
  const count = shown[0].of.length;
  const other = shown.find(({ of }) => of.length !== count);
  if (other) {
    throw new RangeError(
      `One map shows stitches or gates that mix equally many things, but "${
        shown[0].label
      }" mixes ` +
        `${count} and "${other.label}" ${other.of.length}; choose with parts.`,
    );
  }
  const alike = (names: (reading: MixingReading) => readonly string[]) =>
    shown.every((reading) => names(reading).join() === names(shown[0]).join()) &&
    new Set(names(shown[0])).size === count;
  const columns = alike(({ of }) => of)
    ? shown[0].of
    : alike(({ owners }) => owners)
    ? shown[0].owners
    : shown[0].of.map((_, at) => `${at + 1}`);
  return heatMap({
    title: "What stitches and gates take",
    x: "from",
    y: "stitch or gate",
    rows: unlike(
      shown.map(({ part, label, owner }) =>
        [owner === "shared" ? label : `${label} of ${owner}`, part] as const
      ),
    ),
    columns,
    measure: "weight",
    values: shown.map(({ weights }) => weights),
    ...chart,
  });
}

/** Labels; where two are the same, their longer forms or numbers. */
function unlike(names: readonly (readonly [label: string, longer: string])[]): string[] {
  const seen = (values: readonly string[]) => new Set(values).size === values.length;
  const labels = names.map(([label]) => label);
  if (seen(labels)) return labels;
  const longer = names.map(([, each]) => each);
  return seen(longer) ? longer : labels.map((label, at) => `${label} (${at + 1})`);
}
