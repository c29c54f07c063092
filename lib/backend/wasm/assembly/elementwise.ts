import { bytes } from "./simd";

// Operators on two tensors whose broadcast folds to rows x columns: each operand moves on by
// `rowStride` values from row to row and either runs along the columns or stays (`columnStride` 0).

/** Which operator `binary` applies. */
const ADD: i32 = 0;
const SUBTRACT: i32 = 1;
const MULTIPLY: i32 = 2;

@inline
function applyVector(operator: i32, a: v128, b: v128): v128 {
  if (operator == ADD) return f32x4.add(a, b);
  if (operator == SUBTRACT) return f32x4.sub(a, b);
  if (operator == MULTIPLY) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

@inline
function apply(operator: i32, a: f32, b: f32): f32 {
  if (operator == ADD) return a + b;
  if (operator == SUBTRACT) return a - b;
  if (operator == MULTIPLY) return a * b;
  return a / b;
}

@inline
function rows(
  operator: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  to: usize,
  count: i32,
  columns: i32,
): void {
  for (let row = 0; row < count; row++) {
    let column = 0;
    if (aColumn && bColumn) {
      for (; column + 4 <= columns; column += 4) {
        const at = bytes(column);
        v128.store(to + at, applyVector(operator, v128.load(a + at), v128.load(b + at)));
      }
      for (; column < columns; column++) {
        const at = bytes(column);
        store<f32>(to + at, apply(operator, load<f32>(a + at), load<f32>(b + at)));
      }
    } else if (aColumn) {
      const right = load<f32>(b);
      const rights = f32x4.splat(right);
      for (; column + 4 <= columns; column += 4) {
        const at = bytes(column);
        v128.store(to + at, applyVector(operator, v128.load(a + at), rights));
      }
      for (; column < columns; column++) {
        const at = bytes(column);
        store<f32>(to + at, apply(operator, load<f32>(a + at), right));
      }
    } else {
      const left = load<f32>(a);
      const lefts = f32x4.splat(left);
      for (; column + 4 <= columns; column += 4) {
        const at = bytes(column);
        v128.store(to + at, applyVector(operator, lefts, v128.load(b + at)));
      }
      for (; column < columns; column++) {
        const at = bytes(column);
        store<f32>(to + at, apply(operator, left, load<f32>(b + at)));
      }
    }
    a += bytes(aRow);
    b += bytes(bRow);
    to += bytes(columns);
  }
}

/** to = a op b, `operator` 0 to 3: add, subtract, multiply, divide. Not both columns may stay. */
export function binary(
  operator: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  to: usize,
  count: i32,
  columns: i32,
): void {
  if (operator == ADD) rows(ADD, a, aRow, aColumn, b, bRow, bColumn, to, count, columns);
  else if (operator == SUBTRACT) {
    rows(SUBTRACT, a, aRow, aColumn, b, bRow, bColumn, to, count, columns);
  } else if (operator == MULTIPLY) {
    rows(MULTIPLY, a, aRow, aColumn, b, bRow, bColumn, to, count, columns);
  } else rows(3, a, aRow, aColumn, b, bRow, bColumn, to, count, columns);
}

/** to = max(x, 0). */
export function relu(x: usize, to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    v128.store(to + at, f32x4.pmax(v128.load(x + at), zero));
  }
  for (; index < count; index++) {
    const at = bytes(index);
    store<f32>(to + at, max<f32>(load<f32>(x + at), 0));
  }
}

/** to = dy where x > 0, else 0. */
export function reluGradient(x: usize, dy: usize, to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let index = 0;
  for (; index + 4 <= count; index += 4) {
    const at = bytes(index);
    v128.store(to + at, v128.and(f32x4.gt(v128.load(x + at), zero), v128.load(dy + at)));
  }
  for (; index < count; index++) {
    const at = bytes(index);
    store<f32>(to + at, load<f32>(x + at) > 0 ? load<f32>(dy + at) : 0);
  }
}

/** to = activation(values + bias) in rows of `columns`; bias may be 0 (none), `to` may be `values`.
 * `activation`: 0 none, 1 relu, 2 relu6. */
export function addBias(
  values: usize,
  to: usize,
  count: i32,
  columns: i32,
  bias: usize,
  activation: i32,
): void {
  const zero = f32x4.splat(0);
  const six = f32x4.splat(6);
  for (let row = 0; row < count; row++) {
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const at = bytes(column);
      let value = v128.load(values + at);
      if (bias) value = f32x4.add(value, v128.load(bias + at));
      if (activation) value = f32x4.pmax(value, zero);
      if (activation == 2) value = f32x4.pmin(value, six);
      v128.store(to + at, value);
    }
    for (; column < columns; column++) {
      const at = bytes(column);
      let value = load<f32>(values + at);
      if (bias) value += load<f32>(bias + at);
      if (activation) value = max<f32>(value, 0);
      if (activation == 2) value = min<f32>(value, 6);
      store<f32>(to + at, value);
    }
    values += bytes(columns);
    to += bytes(columns);
  }
}
