/**
 * Cholesky factor of a symmetric positive definite matrix whose rows come and go.
 *
 * Appending and removing a row cost the square of the size, solving too: what active-set solvers
 * need, which change their set by one index at a time.
 */
export class GrowingCholesky {
  /** Row r of the lower factor holds r + 1 numbers. */
  readonly #rows: Float64Array[] = [];

  get size(): number {
    return this.#rows.length;
  }

  /**
   * Adds a row and column.
   *
   * @param column Entries against the rows that are there, in their order.
   * @param diagonal The new diagonal entry.
   * @param tolerance The row counts as dependent on the others, and is not added, when the rest of
   *   its diagonal falls to this share of it.
   * @returns Whether it was added.
   */
  append(column: ArrayLike<number>, diagonal: number, tolerance: number): boolean {
    const size = this.#rows.length;
    const row = new Float64Array(size + 1);
    let rest = diagonal;
    for (let index = 0; index < size; index++) {
      const other = this.#rows[index];
      let value = column[index];
      for (let inner = 0; inner < index; inner++) value -= row[inner] * other[inner];
      value /= other[index];
      row[index] = value;
      rest -= value * value;
    }
    if (!(rest > tolerance * diagonal)) return false;
    row[size] = Math.sqrt(rest);
    this.#rows.push(row);
    return true;
  }

  /** Takes out the row at `position`; the factor is made triangular again by plane rotations. */
  remove(position: number): void {
    this.#rows.splice(position, 1);
    const size = this.#rows.length;
    for (let column = position; column < size; column++) {
      const pivot = this.#rows[column];
      const length = Math.hypot(pivot[column], pivot[column + 1]);
      const cosine = pivot[column] / length;
      const sine = pivot[column + 1] / length;
      for (let index = column; index < size; index++) {
        const row = this.#rows[index];
        const left = row[column];
        const right = row[column + 1];
        row[column] = cosine * left + sine * right;
        row[column + 1] = cosine * right - sine * left;
      }
      this.#rows[column] = pivot.slice(0, column + 1);
    }
  }

  /** The solution x of `matrix x = right`. */
  solve(right: ArrayLike<number>): Float64Array {
    const size = this.#rows.length;
    const x = Float64Array.from(right);
    for (let index = 0; index < size; index++) {
      const row = this.#rows[index];
      let value = x[index];
      for (let inner = 0; inner < index; inner++) value -= row[inner] * x[inner];
      x[index] = value / row[index];
    }
    for (let index = size - 1; index >= 0; index--) {
      const row = this.#rows[index];
      const value = x[index] / row[index];
      x[index] = value;
      for (let inner = 0; inner < index; inner++) x[inner] -= row[inner] * value;
    }
    return x;
  }
}
