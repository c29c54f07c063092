import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Rows } from "./matrix.ts";

/** Eigenvalues in rising order, and the eigenvector of each. */
export interface SymmetricEigen {
  /** The eigenvalues, rising. */
  readonly values: number[];
  /** `vectors[i]` belongs to `values[i]` and has length 1. */
  readonly vectors: number[][];
}

/** Eigenvalues and orthonormal eigenvectors of a symmetric matrix (`ml-matrix`). */
export function symmetricEigen(matrix: Rows): SymmetricEigen {
  const largest = Math.max(...matrix.map((row) => Math.max(...Array.from(row, Math.abs))));
  if (largest === 0) {
    return {
      values: matrix.map(() => 0),
      vectors: matrix.map((row, i) => Array.from(row, (_, j) => i === j ? 1 : 0)),
    };
  }
  const scaled = new Matrix(matrix.map((row) => Array.from(row, (value) => value / largest)));
  const decomposition = new EigenvalueDecomposition(scaled, { assumeSymmetric: true });
  return {
    values: decomposition.realEigenvalues.map((value) => value * largest),
    vectors: decomposition.eigenvectorMatrix.transpose().to2DArray(),
  };
}
