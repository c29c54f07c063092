import { cholesky, choleskySolve } from "./_cholesky.ts";
import { columnFactors } from "./_column_factors.ts";
import { thinSvd } from "./_decompositions.ts";
import { addScaled, dot, gramOfRows, multiplyTransposed, norm } from "./_matrix.ts";
import type { Block, BlockTask, Problem, QuadraticData } from "./_problem.ts";
import type { QuadraticForm } from "./penalties/penalty.ts";
import type { SolverReport } from "./solver.ts";

/** Coefficients and how they were found. */
export interface Solved {
  readonly w: Float64Array;
  readonly report: Omit<SolverReport, "objective">;
  /** Value of the data part at `w`, when it is known anyway. */
  readonly dataValue?: number;
}

/** Up to this many features a Cholesky factor of every task's equations is kept. */
const FACTOR_LIMIT = 500;

/**
 * Squared losses with a penalty that does not tie columns: `(α X'X + 2 m I) w = α X'y` for each, by
 * Cholesky of the smaller Gram matrix, or by the pseudo-inverse where there is no penalty.
 */
export function solveSeparable(
  problem: Problem,
  data: QuadraticData,
  form: QuadraticForm,
  tolerance: number,
): Solved {
  const { features } = problem.layout;
  const w = new Float64Array(data.linear.length);
  problem.blocks.forEach((block, number) => {
    const solvers = new Map<number, (task: BlockTask) => Float64Array>();
    for (const task of block.tasks) {
      const ridge = 2 * form.diagonal[task.firstColumn] / task.weight;
      let solve = solvers.get(ridge);
      if (!solve) solvers.set(ridge, solve = ridgeSolver(block, features, ridge, data, number));
      w.set(solve(task), task.firstColumn * features);
    }
  });
  const value = relativeGradient(data, form, w);
  const converged = value <= tolerance;
  return {
    w,
    report: {
      solver: "direct",
      iterations: 1,
      reason: converged ? "converged" : "precision",
      certificate: { kind: "proximal gradient", value, tolerance },
    },
  };
}

/** A function from a task of `block` to its coefficients. */
function ridgeSolver(
  block: Block,
  features: number,
  ridge: number,
  data: QuadraticData,
  number: number,
): (task: BlockTask) => Float64Array {
  const { rows, flipped, inputs } = block;
  const centred = ({ firstColumn, targets }: BlockTask) =>
    targets.map((y) => y - data.targetMeans[firstColumn]);
  if (ridge > 0) {
    const tall = features <= rows;
    const side = tall ? features : rows;
    const lower = cholesky(
      tall ? data.gram(number) : gramOfRows(inputs, rows, features),
      side,
      ridge,
    );
    if (lower) {
      return (task) => {
        if (tall) {
          const x = data.linear.slice(
            task.firstColumn * features,
            (task.firstColumn + 1) * features,
          );
          for (let j = 0; j < features; j++) x[j] /= task.weight;
          choleskySolve(lower, side, x);
          return x;
        }
        const dual = centred(task);
        choleskySolve(lower, side, dual);
        const x = new Float64Array(features);
        multiplyTransposed(flipped, dual, x, features, 1, rows);
        return x;
      };
    }
  }
  const { singular, left, right } = thinSvd(inputs, rows, features);
  const cut = Math.max(rows, features) * Number.EPSILON * (singular[0] ?? 0);
  return (task) => {
    const y = centred(task);
    const x = new Float64Array(features);
    for (let i = 0; i < singular.length && singular[i] > cut; i++) {
      const factor = singular[i] / (singular[i] * singular[i] + ridge) *
        dot(left, y, rows, i * rows, 0);
      addScaled(x, factor, right, features, 0, i * features);
    }
    return x;
  };
}

/**
 * Squared losses with a quadratic penalty between columns, `α_k X_k'X_k w_k + 2 W M = α_k X_k'y_k`,
 * by conjugate gradients. The equations of single tasks, solved exactly, are the preconditioner.
 */
export function solveCoupled(
  problem: Problem,
  data: QuadraticData,
  form: QuadraticForm,
  options: { tolerance: number; maxIterations: number; start?: Float64Array },
): Solved {
  const { tolerance, maxIterations } = options;
  const size = data.linear.length;
  const w = options.start?.slice() ?? new Float64Array(size);
  const precondition = preconditioner(problem, data, form);
  const multiply = (x: Float64Array, out: Float64Array) => {
    const between = new Float64Array(size);
    data.multiply(x, out);
    form.multiply(x, between);
    addScaled(out, 2, between);
  };
  const product = new Float64Array(size);
  const scale = Math.max(norm(data.linear), Number.MIN_VALUE);
  multiply(w, product);
  const residual = data.linear.map((b, i) => b - product[i]);
  let z = precondition(residual);
  const direction = z.slice();
  let slope = dot(residual, z);
  let iterations = 0;
  let value = norm(residual) / scale;
  let best = value, sinceBest = 0;
  while (value > tolerance && iterations < maxIterations && sinceBest < 50) {
    iterations++;
    multiply(direction, product);
    const curvature = dot(direction, product);
    if (!(curvature > 0)) break;
    const step = slope / curvature;
    addScaled(w, step, direction);
    addScaled(residual, -step, product);
    z = precondition(residual);
    const next = dot(residual, z);
    for (let i = 0; i < size; i++) direction[i] = z[i] + next / slope * direction[i];
    slope = next;
    value = norm(residual) / scale;
    sinceBest = value < best ? 0 : sinceBest + 1;
    best = Math.min(best, value);
  }
  value = relativeGradient(data, form, w);
  const reason = value <= tolerance
    ? "converged"
    : iterations >= maxIterations
    ? "iterations"
    : "precision";
  return {
    w,
    report: {
      solver: "conjugate-gradient",
      iterations,
      reason,
      certificate: { kind: "proximal gradient", value, tolerance },
    },
  };
}

/** Solves the equations of every column as if the others were fixed. */
function preconditioner(
  problem: Problem,
  data: QuadraticData,
  form: QuadraticForm,
): (residual: Float64Array) => Float64Array {
  const { features } = problem.layout;
  if (features > FACTOR_LIMIT) return (residual) => residual.slice();
  const solveColumns = columnFactors(problem, data, ({ firstColumn, weight }, gram) => {
    let trace = 0;
    for (let j = 0; j < features; j++) trace += gram[j * features + j];
    // Without a penalty of its own a task's equations may be singular: lift them a little.
    return Math.max(2 * form.diagonal[firstColumn], 1e-10 * weight * trace / features);
  });
  return (residual) => {
    const out = residual.slice();
    solveColumns(out);
    return out;
  };
}

function relativeGradient(data: QuadraticData, form: QuadraticForm, w: Float64Array): number {
  const product = new Float64Array(w.length), between = new Float64Array(w.length);
  data.multiply(w, product);
  form.multiply(w, between);
  let square = 0;
  for (let i = 0; i < w.length; i++) {
    square += (product[i] + 2 * between[i] - data.linear[i]) ** 2;
  }
  return Math.sqrt(square) / Math.max(norm(data.linear), Number.MIN_VALUE);
}
