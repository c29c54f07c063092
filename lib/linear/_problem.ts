import { type LargestEigenvalue, largestEigenvalue } from "./_decompositions.ts";
import { dot, gramOfRows, type Matrix, multiplyTransposed, transpose } from "./_matrix.ts";
import type { LinearData, LinearTask } from "./data.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Loss } from "./losses.ts";

/** Tasks that see the same rows, and their columns of `W`. */
export interface Block {
  readonly rows: number;
  /** Inputs less their means, `[rows, features]`. */
  readonly inputs: Float64Array;
  /** The same, `[features, rows]`. */
  readonly flipped: Float64Array;
  /** What was taken off every feature; zeros without intercepts. */
  readonly means: Float64Array;
  readonly tasks: readonly BlockTask[];
}

/** One task of a block. */
export interface BlockTask {
  readonly name: string;
  /** Number of the task in the data. */
  readonly index: number;
  readonly firstColumn: number;
  readonly width: number;
  readonly loss: Loss;
  readonly weight: number;
  readonly targets: Float64Array;
}

/** The data part `Σ α_k R_k(w_k, c_k)` of the objective, ready for a solver. */
export interface Problem {
  readonly layout: Layout;
  readonly blocks: readonly Block[];
  readonly intercept: boolean;
  /** Whether every task has the squared loss. */
  readonly squared: boolean;
}

/** Centres the inputs and groups tasks by the rows that they share. */
export function problemOf(
  data: LinearData,
  losses: readonly Loss[],
  weights: readonly number[],
  intercept: boolean,
): Problem {
  const widths = data.tasks.map((task, k) => {
    checkLoss(task, losses[k]);
    return losses[k].targets === "class" ? task.classes! : 1;
  });
  const layout = layoutOf(data.features.length, data.tasks.map((task) => task.name), widths);
  const byInputs = new Map<Matrix, BlockTask[]>();
  data.tasks.forEach((task, index) => {
    const members = byInputs.get(task.inputs) ?? [];
    byInputs.set(task.inputs, members);
    members.push({
      name: task.name,
      index,
      firstColumn: layout.offsets[index],
      width: widths[index],
      loss: losses[index],
      weight: weights[index],
      targets: task.targets,
    });
  });
  const blocks = [...byInputs].map(([inputs, tasks]) => blockOf(inputs, tasks, intercept));
  return { layout, blocks, intercept, squared: losses.every((loss) => loss.name === "squared") };
}

function blockOf(inputs: Matrix, tasks: readonly BlockTask[], intercept: boolean): Block {
  const { rows, columns } = inputs;
  const { values: flipped } = transpose(inputs);
  const means = new Float64Array(columns);
  if (!intercept) return { rows, inputs: inputs.values, flipped, means, tasks };
  for (let j = 0; j < columns; j++) {
    const own = flipped.subarray(j * rows, (j + 1) * rows);
    let sum = 0, largest = 0;
    for (let i = 0; i < rows; i++) {
      sum += own[i];
      largest = Math.max(largest, Math.abs(own[i]));
    }
    const mean = sum / rows;
    means[j] = mean;
    // A constant feature must become exactly zero, not rounding noise that a fit would amplify.
    const noise = 4 * Number.EPSILON * largest;
    for (let i = 0; i < rows; i++) {
      const centred = own[i] - mean;
      own[i] = Math.abs(centred) <= noise ? 0 : centred;
    }
  }
  const { values: centred } = transpose({ rows: columns, columns: rows, values: flipped });
  return { rows, inputs: centred, flipped, means, tasks };
}

function checkLoss(task: LinearTask, loss: Loss): void {
  const fits = loss.targets === "number" ||
    (loss.targets === "binary" && task.kind === "binary") ||
    (loss.targets === "class" && task.kind === "classification");
  if (!fits) {
    throw new RangeError(
      `Task "${task.name}" is a ${task.kind}, but the ${loss.name} loss is for ` +
        `${loss.targets === "binary" ? "binary targets" : "classes"}.`,
    );
  }
  if (loss.targets === "number" && task.kind === "classification") {
    throw new RangeError(
      `Task "${task.name}" has class indices, which are no numbers to fit with the ${loss.name} ` +
        `loss: use multinomial.`,
    );
  }
}

/** The data part as a function of `W` and `c`. */
export interface DataTerm {
  /**
   * Value at `w` `[columns, features]` and `c` `[columns]`; overwrites the gradients when given.
   * With squared losses the intercepts are solved for, and `c` is not looked at; nor is it where the
   * problem has no intercepts.
   */
  evaluate(
    w: Float64Array,
    c: Float64Array,
    wGradient?: Float64Array,
    cGradient?: Float64Array,
  ): number;
  /** Whether `c` has to be found by the solver. */
  readonly ownIntercepts: boolean;
  /**
   * No smaller than the gradient's Lipschitz constant, and with squared losses an estimate of it;
   * found when first asked for.
   */
  lipschitz(): { readonly bound: number; readonly estimate?: number };
  /** Squared losses: everything that solvers of linear equations need. */
  readonly quadratic?: QuadraticData;
}

/** Squared losses: `½ Σ_k α_k ‖y_k - X_k w_k‖²` with everything centred. */
export interface QuadraticData {
  /** `α_k X_kᵀ y_k`, `[columns, features]`. */
  readonly linear: Float64Array;
  /** `Σ α_k ‖y_k‖²`: twice the value at `W = 0`. */
  readonly square: number;
  /** Means of the targets by column. */
  readonly targetMeans: Float64Array;
  /** `out = α_k X_kᵀ X_k w_k` for all columns. */
  multiply(w: Float64Array, out: Float64Array): void;
  /** Gram matrices `X_kᵀ X_k` a block, `[features, features]`, made when first asked for. */
  gram(block: number): Float64Array;
}

/** Gathers the squared losses of a problem. */
export function quadraticTerm({ layout, blocks, intercept }: Problem): DataTerm {
  const { features, columns } = layout;
  const linear = new Float64Array(columns * features);
  const targetMeans = new Float64Array(columns);
  let square = 0;
  const grams: (Float64Array | undefined)[] = blocks.map(() => undefined);
  const gram = (block: number) =>
    grams[block] ??= gramOfRows(blocks[block].flipped, features, blocks[block].rows);
  blocks.forEach((block) => {
    for (const { targets, weight, firstColumn } of block.tasks) {
      const mean = intercept ? targets.reduce((sum, y) => sum + y, 0) / block.rows : 0;
      targetMeans[firstColumn] = mean;
      const centred = targets.map((y) => y - mean);
      square += weight * dot(centred, centred);
      for (let j = 0; j < features; j++) {
        linear[firstColumn * features + j] = weight *
          dot(block.flipped, centred, block.rows, j * block.rows, 0);
      }
    }
  });
  let lipschitz: LargestEigenvalue | undefined;
  const findLipschitz = () =>
    blocks.reduce((largest, block, number) => {
      const heaviest = Math.max(...block.tasks.map(({ weight }) => weight));
      const { estimate, bound } = largestSquare(block, features, () => gram(number));
      return {
        estimate: Math.max(largest.estimate, heaviest * estimate),
        bound: Math.max(largest.bound, heaviest * bound),
      };
    }, { estimate: 0, bound: 0 });
  const multiply = (w: Float64Array, out: Float64Array): void =>
    blocks.forEach((block, number) => {
      const count = block.tasks.length;
      const { rows } = block;
      const own = gather(block, w, features);
      const result = new Float64Array(count * features);
      if (features <= 2 * rows) {
        multiplyTransposed(own, gram(number), result, count, features, features);
      } else {
        const scores = new Float64Array(count * rows);
        multiplyTransposed(own, block.inputs, scores, count, rows, features);
        multiplyTransposed(scores, block.flipped, result, count, features, rows);
      }
      block.tasks.forEach(({ firstColumn, weight }, k) => {
        for (let j = 0; j < features; j++) {
          out[firstColumn * features + j] = weight * result[k * features + j];
        }
      });
    });
  const product = new Float64Array(columns * features);
  return {
    ownIntercepts: false,
    lipschitz: () => lipschitz ??= findLipschitz(),
    quadratic: { linear, square, targetMeans, multiply, gram },
    evaluate(w, _c, wGradient) {
      multiply(w, product);
      const value = 0.5 * square - dot(linear, w) + 0.5 * dot(product, w);
      if (wGradient) {
        for (let i = 0; i < product.length; i++) wGradient[i] = product[i] - linear[i];
      }
      return value;
    },
  };
}

/** Gathers losses of any kind; the solver finds the intercepts. */
export function generalTerm({ layout, blocks, intercept }: Problem): DataTerm {
  const { features } = layout;
  let bound = 0;
  for (const block of blocks) {
    const squares = Math.max(largestSquare(block, features).bound, intercept ? block.rows : 0);
    for (const { loss, weight } of block.tasks) {
      bound = Math.max(bound, weight * loss.curvature(block.rows) * squares);
    }
  }
  return {
    ownIntercepts: intercept,
    lipschitz: () => ({ bound }),
    evaluate(w, c, wGradient, cGradient) {
      let value = 0;
      for (const block of blocks) {
        const { rows } = block;
        for (const { loss, weight, firstColumn, width, targets } of block.tasks) {
          const start = firstColumn * features;
          const own = w.subarray(start, start + width * features);
          const scores = new Float64Array(rows * width);
          multiplyTransposed(block.inputs, own, scores, rows, width, features);
          if (intercept) {
            for (let i = 0; i < scores.length; i++) scores[i] += c[firstColumn + i % width];
          }
          const slope = wGradient ? new Float64Array(scores.length) : undefined;
          value += weight * loss.evaluate(scores, targets, width, slope);
          if (!slope || !wGradient || !cGradient) continue;
          const byColumn = new Float64Array(slope.length);
          for (let i = 0; i < slope.length; i++) {
            byColumn[(i % width) * rows + Math.floor(i / width)] = weight * slope[i];
          }
          const out = wGradient.subarray(start, start + width * features);
          multiplyTransposed(byColumn, block.flipped, out, width, features, rows);
          for (let column = 0; column < width; column++) {
            let sum = 0;
            for (let row = 0; row < rows; row++) sum += byColumn[column * rows + row];
            cGradient[firstColumn + column] = intercept ? sum : 0;
          }
        }
      }
      return value;
    },
  };
}

/** Largest eigenvalue of `XᵀX`, through the smaller of the two Gram matrices. */
function largestSquare(
  block: Block,
  features: number,
  gram?: () => Float64Array,
): LargestEigenvalue {
  return block.rows < features
    ? largestEigenvalue(gramOfRows(block.inputs, block.rows, features), block.rows)
    : largestEigenvalue(gram?.() ?? gramOfRows(block.flipped, features, block.rows), features);
}

/** The columns of a block's tasks one after the other, for tasks of one column. */
function gather(block: Block, w: Float64Array, features: number): Float64Array {
  const first = block.tasks[0].firstColumn;
  const count = block.tasks.length;
  const adjacent = block.tasks.every((task, k) => task.firstColumn === first + k);
  if (adjacent) return w.subarray(first * features, (first + count) * features);
  const own = new Float64Array(count * features);
  block.tasks.forEach(({ firstColumn }, k) => {
    own.set(w.subarray(firstColumn * features, (firstColumn + 1) * features), k * features);
  });
  return own;
}
