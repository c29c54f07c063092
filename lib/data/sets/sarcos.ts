import { MultiTaskDataset } from "../dataset.ts";
import { DataFormatError } from "../errors.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { parseMat5 } from "../formats/mat5.ts";
import { Features, numberTarget, type TableSet } from "./_table_set.ts";

/** The targets of {@linkcode sarcos}: one for each joint. */
export type SarcosTarget = `torque${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

const KEY = "sarcos/sarcos_inv_test.mat";
const JOINTS = [1, 2, 3, 4, 5, 6, 7] as const;
const MOTIONS = ["position", "velocity", "acceleration"];
const COLUMNS = MOTIONS.length * JOINTS.length + JOINTS.length;

/**
 * SARCOS inverse dynamics: a robot arm with seven joints, test part only.
 *
 * Records: 4,449. Input `features` `[21]`: positions, velocities and accelerations of the seven
 * joints, as recorded. Targets: `torque1` to `torque7`, the torques at the joints, as recorded.
 *
 * Licence: none stated (published with the GPML book), so the file is not shipped. Cite:
 * S. Vijayakumar, S. Schaal. Locally Weighted Projection Regression. ICML 2000; C. E. Rasmussen,
 * C. K. I. Williams. Gaussian Processes for Machine Learning, 2006.
 *
 * Known traps: this is the official test part (44,484 training rows are not included); whoever
 * splits it must say so, and published figures are not comparable. The rows are an extract of one
 * recording: neighbours in time may be in different parts.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function sarcos(options: DataOptions = {}): Promise<TableSet<SarcosTarget>> {
  const variables = parseMat5(await readDataFile(KEY, options), { file: KEY });
  const matrix = variables.sarcos_inv_test;
  if (matrix?.kind !== "numbers" || matrix.shape[1] !== COLUMNS || matrix.shape.length !== 2) {
    throw new DataFormatError(KEY, 0, `expected a matrix "sarcos_inv_test" of ${COLUMNS} columns.`);
  }
  const rows = matrix.shape[0];
  const column = (at: number) => matrix.values.subarray(at * rows, (at + 1) * rows);
  const features = new Features(rows);
  MOTIONS.forEach((motion, at) =>
    JOINTS.forEach((joint) =>
      features.number(`${motion} ${joint}`, column(at * JOINTS.length + joint - 1))
    )
  );
  const torque = (joint: number) => numberTarget(column(COLUMNS - JOINTS.length + joint - 1));
  const targets = Object.fromEntries(JOINTS.map((joint) => [`torque${joint}`, torque(joint)]));
  const dataset = MultiTaskDataset.from<"features", SarcosTarget>({
    inputs: { features: features.column() },
    targets: targets as Record<SarcosTarget, ReturnType<typeof torque>>,
    name: "SARCOS, test part",
    description: "SARCOS: torques of a robot arm (Vijayakumar and Schaal 2000), test part only.",
  });
  return { dataset, featureNames: features.names };
}
