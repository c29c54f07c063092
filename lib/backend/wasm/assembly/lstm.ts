import { hyperbolicTangent, sigmoid } from "./exponential";
import { Layer, sigmoidSlope } from "./recurrent";
import { bytes, copy } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable, tableRows } from "./tiles";

// A whole LSTM layer. Tensors are [batch, steps, ...], one row for each example, and the gates of a
// unit lie `units` values apart: input, forget, candidate, output. The state before the first step
// is zero. `units` is a multiple of four. The products of a step read and write rows that lie close
// together in scratch: in the tensors the rows of a step are so far apart that they fall into a few
// sets of the cache.

/** Bytes of scratch that both functions need for `batch` examples. */
export function lstmScratch(batch: i32, units: i32): usize {
  return EDGE_BYTES + 64 + bytes(tableRows(batch)) + 6 * bytes(batch * units);
}

/**
 * Forward over all steps, for the examples [begin, end). `gates` holds the projected inputs and gets
 * the activated gates; `recurrent` is packed.
 */
export function lstmForward(
  gates: usize,
  recurrent: usize,
  hidden: usize,
  cells: usize,
  layer: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const l = changetype<Layer>(layer);
  const units = l.units;
  const count = end - begin;
  const edge = scratch;
  const runs = edge + EDGE_BYTES;
  const rows = runs + 64;
  const products = rows + bytes(tableRows(count));
  const states = products + bytes(count * 4 * units);
  store<i32>(runs, 0);
  for (let index = 0; index < count; index++) store<i32>(rows + bytes(index), bytes(index * units));
  padRowTable(rows, count);
  memory.fill(products, 0, bytes(count * 4 * units));
  for (let step = 0; step < l.steps; step++) {
    const first = begin * l.steps + step;
    if (step > 0) {
      multiplyPanels(
        states, rows, count, 1, runs, units, recurrent, units, 0, 4 * units, products, 4 * units,
        false, edge,
      );
    }
    for (let index = 0; index < count; index++) {
      const row = first + index * l.steps;
      const cell = cells + bytes(row * units);
      const before = step > 0 ? cell - bytes(units) : 0;
      const state = states + bytes(index * units);
      const gate = gates + bytes(row * 4 * units);
      activate(gate, products + bytes(index * 4 * units), before, cell, state, units);
      copy(hidden + bytes(row * units), state, units);
    }
  }
}

@inline
function activate(
  gate: usize,
  product: usize,
  before: usize,
  cell: usize,
  hidden: usize,
  units: i32,
): void {
  const across = bytes(units);
  for (let unit = 0; unit < units; unit += 4) {
    const at = gate + bytes(unit);
    const more = product + bytes(unit);
    const input = sigmoid(f32x4.add(v128.load(at), v128.load(more)));
    const forget = sigmoid(f32x4.add(v128.load(at + across), v128.load(more + across)));
    const third = f32x4.add(v128.load(at + 2 * across), v128.load(more + 2 * across));
    const candidate = hyperbolicTangent(third);
    const output = sigmoid(f32x4.add(v128.load(at + 3 * across), v128.load(more + 3 * across)));
    let state = f32x4.mul(input, candidate);
    if (before) state = f32x4.add(state, f32x4.mul(forget, v128.load(before + bytes(unit))));
    v128.store(at, input);
    v128.store(at + across, forget);
    v128.store(at + 2 * across, candidate);
    v128.store(at + 3 * across, output);
    v128.store(cell + bytes(unit), state);
    v128.store(hidden + bytes(unit), f32x4.mul(output, hyperbolicTangent(state)));
  }
}

/**
 * Backward over all steps, for the examples [begin, end): `slopes` gets the gradient with respect to
 * the projected inputs; `recurrent` is the transposed matrix, packed.
 */
export function lstmBackward(
  dy: usize,
  gates: usize,
  hidden: usize,
  cells: usize,
  recurrent: usize,
  slopes: usize,
  layer: usize,
  begin: i32,
  end: i32,
  scratch: usize,
): void {
  const l = changetype<Layer>(layer);
  const units = l.units;
  const count = end - begin;
  const edge = scratch;
  const runs = edge + EDGE_BYTES;
  const rows = runs + 64;
  const carriedHidden = rows + bytes(tableRows(count));
  const carriedCell = carriedHidden + bytes(count * units);
  const nextSlopes = carriedCell + bytes(count * units);
  store<i32>(runs, 0);
  for (let index = 0; index < count; index++) {
    store<i32>(rows + bytes(index), bytes(index * 4 * units));
  }
  padRowTable(rows, count);
  memory.fill(carriedCell, 0, bytes(count * units));
  for (let step = l.steps - 1; step >= 0; step--) {
    const first = begin * l.steps + step;
    for (let index = 0; index < count; index++) {
      copy(
        carriedHidden + bytes(index * units),
        dy + bytes((first + index * l.steps) * units),
        units,
      );
    }
    if (step < l.steps - 1) {
      multiplyPanels(
        nextSlopes, rows, count, 1, runs, 4 * units, recurrent, 4 * units, 0, units, carriedHidden,
        units, true, edge,
      );
    }
    for (let index = 0; index < count; index++) {
      const row = first + index * l.steps;
      const cell = cells + bytes(row * units);
      const slope = nextSlopes + bytes(index * 4 * units);
      differentiate(
        carriedHidden + bytes(index * units), carriedCell + bytes(index * units),
        gates + bytes(row * 4 * units), step > 0 ? cell - bytes(units) : 0,
        hidden + bytes(row * units), slope, units,
      );
      copy(slopes + bytes(row * 4 * units), slope, 4 * units);
    }
  }
}

@inline
function differentiate(
  carriedHidden: usize,
  carriedCell: usize,
  gate: usize,
  before: usize,
  hidden: usize,
  slope: usize,
  units: i32,
): void {
  const across = bytes(units);
  const one = f32x4.splat(1);
  for (let unit = 0; unit < units; unit += 4) {
    const at = bytes(unit);
    const input = v128.load(gate + at);
    const forget = v128.load(gate + at + across);
    const candidate = v128.load(gate + at + 2 * across);
    const output = v128.load(gate + at + 3 * across);
    // The hidden state is output tanh(cell), and the output gate is never zero.
    const squashed = f32x4.div(v128.load(hidden + at), output);
    const dHidden = v128.load(carriedHidden + at);
    const bend = f32x4.sub(one, f32x4.mul(squashed, squashed));
    const dCell = f32x4.add(
      v128.load(carriedCell + at),
      f32x4.mul(f32x4.mul(dHidden, output), bend),
    );
    const earlier = before ? v128.load(before + at) : f32x4.splat(0);
    const dInput = f32x4.mul(f32x4.mul(dCell, candidate), sigmoidSlope(input));
    const dForget = f32x4.mul(f32x4.mul(dCell, earlier), sigmoidSlope(forget));
    const curve = f32x4.sub(one, f32x4.mul(candidate, candidate));
    const dOutput = f32x4.mul(f32x4.mul(dHidden, squashed), sigmoidSlope(output));
    v128.store(slope + at, dInput);
    v128.store(slope + at + across, dForget);
    v128.store(slope + at + 2 * across, f32x4.mul(f32x4.mul(dCell, input), curve));
    v128.store(slope + at + 3 * across, dOutput);
    v128.store(carriedCell + at, f32x4.mul(dCell, forget));
  }
}
