import { dot } from "./_matrix.ts";
import type { Block } from "./_problem.ts";

/** After so many residuals all slopes are computed anew. */
const MOST_RESIDUALS = 64;

/** A residual at which slopes were computed, and what it says about those at the present one. */
interface Earlier {
  readonly residual: Float64Array;
  readonly square: number;
  /** `|c|` and `‖r - c p‖`. */
  share: number;
  rest: number;
}

/**
 * The slopes `x_j·r` of a column, brought up to date where needed. A slope that was computed at an
 * earlier residual `p` is known within `|x·r - c x·p| ≤ ‖x‖ ‖r - c p‖`, for `c = r·p / p·p`.
 */
export class Slopes {
  readonly #block: Block;
  /** Lengths of the features. */
  readonly #lengths: Float64Array;
  /** Residuals at which slopes were computed, and which of them each slope belongs to. */
  #earlier: Earlier[] = [];
  readonly #at: Int32Array;

  /** @param residual Where all slopes are up to date. */
  constructor(block: Block, residual: Float64Array) {
    const { rows, flipped } = block;
    this.#block = block;
    this.#lengths = new Float64Array(flipped.length / rows);
    this.#at = new Int32Array(this.#lengths.length);
    for (let j = 0; j < this.#lengths.length; j++) {
      this.#lengths[j] = Math.sqrt(dot(flipped, flipped, rows, j * rows, j * rows));
    }
    this.move(residual);
  }

  /** Goes to another residual. */
  move(residual: Float64Array): void {
    const square = dot(residual, residual);
    for (const known of this.#earlier) {
      const inner = dot(residual, known.residual);
      known.share = known.square > 0 ? Math.abs(inner) / known.square : 0;
      // The second term is more than rounding can hide.
      known.rest = Math.sqrt(Math.max(0, square - known.share * Math.abs(inner)) + 1e-14 * square);
    }
    this.#earlier.push({ residual, square, share: 1, rest: 0 });
  }

  /** Computes the gradient of features in play, and of all others that could be above `entry`. */
  refresh(weight: number, entry: number, inPlay: Uint8Array, gradient: Float64Array): void {
    const { rows, flipped } = this.#block;
    const all = this.#earlier.length > MOST_RESIDUALS;
    if (all) this.#earlier = this.#earlier.slice(-1);
    const now = this.#earlier.length - 1;
    const { residual } = this.#earlier[now];
    for (let j = 0; j < gradient.length; j++) {
      if (!all) {
        if (this.#at[j] === now) continue;
        const { share, rest } = this.#earlier[this.#at[j]];
        const old = Math.abs(gradient[j]);
        const most = Math.max(old, share * old + weight * this.#lengths[j] * rest);
        if (!inPlay[j] && most <= entry) continue;
      }
      gradient[j] = -weight * dot(flipped, residual, rows, j * rows, 0);
      this.#at[j] = now;
    }
  }
}
