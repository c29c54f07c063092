/** Small exact numerics in float64: quadratic programs, fairness equations, eigenvalues, seeded random numbers. */
export {
  type BoundedSolution,
  minimizeAboveBounds,
  minimizeNonNegative,
} from "./bounded_quadratic.ts";
export { type FairnessSolution, solveFairness } from "./fairness_equation.ts";
export { type GradientPair, gradientPair } from "./gradient_pairs.ts";
export {
  diagonal,
  dot,
  gramianOf,
  matrixTimesVector,
  norm,
  quadraticForm,
  type Rows,
  weightedSum,
} from "./matrix.ts";
export { Random, type RandomState } from "./random.ts";
export { projectOntoSimplex } from "./simplex_projection.ts";
export { minimizeOnSimplex, type SimplexSolution } from "./simplex_quadratic.ts";
export { softmax } from "./softmax.ts";
export { type SymmetricEigen, symmetricEigen } from "./symmetric_eigen.ts";
