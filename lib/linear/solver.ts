import { addScaled, dot, norm } from "./_matrix.ts";

/** A differentiable convex function of a vector. */
export interface Smooth {
  /** Length of `x` and of the gradient. */
  readonly size: number;
  /** The value at `x`; when `gradient` is given it is overwritten. */
  evaluate(x: Float64Array, gradient?: Float64Array): number;
  /**
   * First guess of the gradient's Lipschitz constant. Default: how much the gradient changes in a short
   * step from the starting point, which is never too large.
   */
  readonly lipschitz?: number;
  /** A constant that is surely large enough; `Infinity` when none is known. Back-tracking ends here. */
  readonly lipschitzBound: number;
}

/** A convex function given by its proximal operator. */
export interface Proximal {
  /** Replaces `v` by `argmin_x ½ ‖x - v‖² + step Ω(x)`. */
  apply(v: Float64Array, step: number): void;
  /** The value Ω(x). */
  value(x: Float64Array): number;
}

/** Why a solver stopped. */
export type StopReason =
  /** The certificate fell below the tolerance. */
  | "converged"
  /** The iterations ran out. */
  | "iterations"
  /** Steps bring no progress any more: as exact as 64-bit numbers allow here. */
  | "precision";

/** What a solver says about its end point. */
export interface SolverReport {
  /** The method that found it. */
  readonly solver:
    | "fista"
    | "coordinate"
    | "conjugate-gradient"
    | "splitting"
    | "alternating"
    | "direct";
  /** Iterations that were made. */
  readonly iterations: number;
  /** Why it stopped. */
  readonly reason: StopReason;
  /** Value of the objective at the end point. */
  readonly objective: number;
  /** How far from the optimum the point can be. */
  readonly certificate: {
    /**
     * `"duality gap"`: objective minus a lower bound of the optimum, divided by the objective at
     * zero. `"proximal gradient"`: length of `(x - prox(x - s ∇f)) / s`, divided by the length of
     * the gradient at zero; zero at an optimum and nowhere else.
     */
    readonly kind: "duality gap" | "proximal gradient";
    readonly value: number;
    readonly tolerance: number;
  };
}

/** Settings of {@linkcode fista}. */
export interface FistaOptions {
  /** Starting point; default zero. Kept. */
  readonly start?: Float64Array;
  /** The certificate to reach; default 1e-8. */
  readonly tolerance?: number;
  /** Default 10,000. */
  readonly maxIterations?: number;
  /** Divides the certificate: length of the gradient at zero. Default: measured. */
  readonly scale?: number;
  /**
   * Relative duality gap at `x`, where the problem has one. It then is the certificate, looked at
   * every ten iterations or so.
   */
  readonly gap?: (x: Float64Array) => number;
}

/** Iterations without a shorter step after which rounding is taken to be all that is left. */
const PATIENCE = 2000;

/**
 * Minimises `smooth(x) + prox.value(x)` by the accelerated proximal gradient method.
 *
 * FISTA (Beck and Teboulle 2009) with back-tracking on the Lipschitz constant and the adaptive
 * restart of O'Donoghue and Candès (2015, gradient scheme): the momentum is dropped when it points
 * uphill.
 */
export function fista(
  smooth: Smooth,
  prox: Proximal,
  options: FistaOptions = {},
): { x: Float64Array; report: SolverReport } {
  const { size } = smooth;
  const tolerance = options.tolerance ?? 1e-8;
  const maxIterations = options.maxIterations ?? 10_000;
  let current: Float64Array = options.start ? options.start.slice() : new Float64Array(size);
  const leading: Float64Array = current.slice();
  let next: Float64Array = new Float64Array(size);
  const gradient = new Float64Array(size);
  const scale = Math.max(options.scale ?? gradientAtZero(smooth), Number.MIN_VALUE);
  // A constant function bends nowhere: any step will do.
  let lipschitz = (smooth.lipschitz ?? slopeOfGradient(smooth, current)) || 1;
  let momentum = 1;
  let reason: StopReason = "iterations";
  let certificate = Infinity;
  let iteration = 0;
  let nextLook = 10;
  let still = 0, sinceLeast = 0, least = Infinity;
  while (iteration < maxIterations) {
    iteration++;
    const valueAtLeading = smooth.evaluate(leading, gradient);
    if (!Number.isFinite(valueAtLeading)) throw notFinite(iteration);
    let distance = 0;
    for (;;) {
      const step = 1 / lipschitz;
      next.set(leading);
      addScaled(next, -step, gradient);
      prox.apply(next, step);
      let slope = 0;
      distance = 0;
      for (let i = 0; i < size; i++) {
        const difference = next[i] - leading[i];
        slope += gradient[i] * difference;
        distance += difference * difference;
      }
      if (lipschitz >= smooth.lipschitzBound) break;
      const value = smooth.evaluate(next);
      // The last term lets rounding pass: near the optimum the differences are below it.
      const model = valueAtLeading + slope + lipschitz / 2 * distance +
        1e-14 * Math.abs(valueAtLeading);
      if (value <= model) break;
      lipschitz = Math.min(2 * lipschitz, smooth.lipschitzBound);
      if (!Number.isFinite(lipschitz)) throw notFinite(iteration);
    }
    let uphill = 0;
    let moved = 0;
    let largest = 0;
    for (let i = 0; i < size; i++) {
      const step = next[i] - current[i];
      uphill += (leading[i] - next[i]) * step;
      moved = Math.max(moved, Math.abs(step));
      largest = Math.max(largest, Math.abs(next[i]));
    }
    const residual = lipschitz * Math.sqrt(distance) / scale;
    if (uphill > 0) {
      momentum = 1;
      leading.set(next);
    } else {
      const following = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      const weight = (momentum - 1) / following;
      for (let i = 0; i < size; i++) leading[i] = next[i] + weight * (next[i] - current[i]);
      momentum = following;
    }
    [current, next] = [next, current];
    still = moved <= 1e-16 * largest ? still + 1 : 0;
    if (residual < 0.9 * least) {
      least = residual;
      sinceLeast = 0;
    } else {
      sinceLeast++;
    }
    const stuck = still > 2 || sinceLeast > PATIENCE;
    if (stuck || (options.gap ? iteration >= nextLook : residual <= tolerance)) {
      // A gap costs as much as some iterations: look more rarely the longer it takes.
      nextLook = iteration + Math.max(10, iteration >> 3);
      certificate = options.gap
        ? options.gap(current)
        : proximalGradient(smooth, prox, current, lipschitz) / scale;
      if (certificate <= tolerance) {
        reason = "converged";
        break;
      }
      if (stuck) {
        reason = "precision";
        break;
      }
    }
  }
  if (reason === "iterations") {
    certificate = options.gap
      ? options.gap(current)
      : proximalGradient(smooth, prox, current, lipschitz) / scale;
    if (certificate <= tolerance) reason = "converged";
  }
  return {
    x: current,
    report: {
      solver: "fista",
      iterations: iteration,
      reason,
      objective: smooth.evaluate(current) + prox.value(current),
      certificate: {
        kind: options.gap ? "duality gap" : "proximal gradient",
        value: certificate,
        tolerance,
      },
    },
  };
}

/** Length of the proximal gradient `L (x - prox(x - ∇f(x) / L, 1 / L))`: zero only at an optimum. */
export function proximalGradient(
  smooth: Smooth,
  prox: Proximal,
  x: Float64Array,
  lipschitz: number,
): number {
  const gradient = new Float64Array(x.length);
  smooth.evaluate(x, gradient);
  const moved = x.slice();
  addScaled(moved, -1 / lipschitz, gradient);
  prox.apply(moved, 1 / lipschitz);
  addScaled(moved, -1, x);
  return lipschitz * Math.sqrt(dot(moved, moved));
}

/** `‖∇f(x - s ∇f(x)) - ∇f(x)‖ / ‖s ∇f(x)‖` for a short step s; at most the Lipschitz constant. */
function slopeOfGradient(smooth: Smooth, x: Float64Array): number {
  const gradient = new Float64Array(x.length), there = new Float64Array(x.length);
  smooth.evaluate(x, gradient);
  const length = norm(gradient);
  const step = Number.isFinite(smooth.lipschitzBound)
    ? 1 / smooth.lipschitzBound
    : 1e-6 * Math.max(1, norm(x)) / length;
  const moved = x.slice();
  addScaled(moved, -step, gradient);
  smooth.evaluate(moved, there);
  addScaled(there, -1, gradient);
  const slope = norm(there) / (step * length);
  return Number.isFinite(slope) ? slope : 0;
}

function gradientAtZero(smooth: Smooth): number {
  const gradient = new Float64Array(smooth.size);
  smooth.evaluate(new Float64Array(smooth.size), gradient);
  return norm(gradient);
}

function notFinite(iteration: number): Error {
  return new RangeError(
    `The objective stopped being a finite number in iteration ${iteration}: look for infinite or ` +
      `very large inputs, and scale the features.`,
  );
}
