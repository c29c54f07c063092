import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";
import { Features, numberTarget, type TableSet, tableSetOnce } from "./_table_set.ts";

/** The targets of {@linkcode navalPropulsion}. */
export type NavalPropulsionTarget = "compressorDecay" | "turbineDecay";

/** The targets of {@linkcode gridStability}. */
export type GridStabilityTarget = "stability" | "unstable";

const NAVAL_FEATURES = [
  "lever position",
  "ship speed (knots)",
  "gas turbine shaft torque (kN m)",
  "gas turbine rate of revolutions (rpm)",
  "gas generator rate of revolutions (rpm)",
  "starboard propeller torque (kN)",
  "port propeller torque (kN)",
  "high pressure turbine exit temperature (C)",
  "compressor inlet air temperature (C)",
  "compressor outlet air temperature (C)",
  "high pressure turbine exit pressure (bar)",
  "compressor inlet air pressure (bar)",
  "compressor outlet air pressure (bar)",
  "exhaust gas pressure (bar)",
  "turbine injection control (%)",
  "fuel flow (kg/s)",
];

/**
 * Condition Based Maintenance of Naval Propulsion Plants: a simulated gas turbine of a frigate.
 *
 * Records: 11,934 operating points. Input `features` `[16]`: speeds, torques, temperatures,
 * pressures, fuel flow. Targets: `compressorDecay` (0.95 to 1) and `turbineDecay` (0.975 to 1),
 * coefficients of wear.
 *
 * Licence: CC BY 4.0 (UCI). Cite: A. Coraddu et al. Machine learning approaches for improving
 * condition-based maintenance of naval propulsion plants. Proc. IMechE M, 2016.
 *
 * Known traps: a full grid of simulated states without noise, so a random split is easy; both
 * propeller torques are equal, and the inlet temperature and pressure never change.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function navalPropulsion(
  options: DataOptions = {},
): Promise<TableSet<NavalPropulsionTarget>> {
  const file = "naval-propulsion/CBM_data.txt";
  const columns = ["empty", ...NAVAL_FEATURES, "compressor", "turbine"];
  const key = { name: "naval-propulsion", version: 1, sources: [file] };
  return await tableSetOnce(key, options, async () => {
    const table = TextTable.parse(await readDataFile(file, options), { file, columns });
    const features = new Features(table.rows);
    for (const name of NAVAL_FEATURES) features.number(name, table.numbers(name));
    return {
      features,
      targets: {
        compressorDecay: numberTarget(table.numbers("compressor")),
        turbineDecay: numberTarget(table.numbers("turbine")),
      },
      name: "Naval propulsion",
      description:
        "Naval propulsion: a simulated gas turbine that wears out (Coraddu et al. 2016).",
    };
  });
}

/**
 * Electrical Grid Stability: simulated small networks of one producer and three consumers.
 *
 * Records: 10,000. Input `features` `[12]`: reaction times (0.5 to 10 s), powers (the producer's is
 * the negative sum of the others) and price elasticities (0.05 to 1). Targets: `stability` (largest
 * real part of the roots, -0.081 to 0.109) and `unstable` (1 where that is above 0).
 *
 * Licence: CC BY 4.0 (UCI). Cite: V. Arzamasov, K. Boehm, P. Jochem. Towards Concise Models of Grid
 * Stability. SmartGridComm 2018.
 *
 * Known trap: `unstable` is the sign of `stability`, so the two tasks are one task twice.
 *
 * @param options Where to look for the file.
 * @throws {DataUnavailableError} When the file cannot be had.
 */
export async function gridStability(
  options: DataOptions = {},
): Promise<TableSet<GridStabilityTarget>> {
  const file = "grid-stability/grid_stability.csv";
  const names = ["tau", "p", "g"].flatMap((name) => [1, 2, 3, 4].map((node) => `${name}${node}`));
  const columns = [...names, "stab", "stabf"];
  const key = { name: "grid-stability", version: 1, sources: [file] };
  return await tableSetOnce(key, options, async () => {
    const table = TextTable.parse(await readDataFile(file, options), { file, columns });
    const features = new Features(table.rows);
    for (const name of names) features.number(name, table.numbers(name));
    return {
      features,
      targets: {
        stability: numberTarget(table.numbers("stab")),
        unstable: numberTarget(table.codes("stabf", ["stable", "unstable"])),
      },
      name: "Grid stability",
      description: "Grid stability: simulated electrical networks (Arzamasov et al. 2018).",
    };
  });
}
