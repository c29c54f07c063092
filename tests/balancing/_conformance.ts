/** One row of `tests/oracles/conformance.json`; the fields are explained in `docs/conformance.md`. */
export interface ConformanceCase {
  name: string;
  method: string;
  options?: Record<string, unknown>;
  orders?: number[][];
  steps: {
    jacobian?: number[][];
    losses?: number[];
    weights?: number[];
    update?: number[];
    gains?: number[];
    value?: number;
    parameterGradient?: number[];
    epochLosses?: number[];
    lossesAfterStep?: number[];
    preferences?: number[];
    normals?: number[];
  }[];
  tolerance: number;
  source: string;
}

/** The whole table. */
export interface Conformance {
  gradientMethods: ConformanceCase[];
  lossMethods: ConformanceCase[];
  /** Figures of the gradients of two tasks. */
  figures: {
    name: string;
    jacobian: number[][];
    cosine: number;
    magnitudeSimilarity: number;
    curvature: number;
    conditionNumber: number;
    tolerance: number;
    source: string;
  }[];
}

const url = new URL("../oracles/conformance.json", import.meta.url);

/** The table of known values. */
export const conformance: Conformance = JSON.parse(await Deno.readTextFile(url));
