import { hyperbolicTangent, sigmoid } from "./exponential";
import { Layer, sigmoidSlope } from "./recurrent";
import { bytes, copy } from "./simd";
import { EDGE_BYTES, multiplyPanels, padRowTable, tableRows } from "./tiles";

// A whole layer of gated recurrent units, laid out as in lstm.ts. The gates of a unit lie `units`
// values apart: reset, keep, candidate. `gates` has a fourth part, the recurrent product of the
// candidate with its bias, which the gradient needs. `units` is a multiple of four.

/** Bytes of scratch that both functions need for `batch` examples. */
export function gruScratch(batch: i32, units: i32): usize {
  return EDGE_BYTES + 64 + bytes(tableRows(batch)) + 4 * bytes(batch * units);
}

/**
 * Forward over all steps, for the examples [begin, end). `recurrent` is packed; where `present` is
 * not 0, a step with a zero there leaves the state as it is.
 */
export function gruForward(
  projected: usize,
  recurrent: usize,
  bias: usize,
  present: usize,
  hidden: usize,
  gates: usize,
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
  const states = products + bytes(count * 3 * units);
  store<i32>(runs, 0);
  for (let index = 0; index < count; index++) store<i32>(rows + bytes(index), bytes(index * units));
  padRowTable(rows, count);
  memory.fill(products, 0, bytes(count * 4 * units));
  for (let step = 0; step < l.steps; step++) {
    const first = begin * l.steps + step;
    if (step > 0) {
      multiplyPanels(
        states, rows, count, 1, runs, units, recurrent, units, 0, 3 * units, products, 3 * units,
        false, edge,
      );
    }
    for (let index = 0; index < count; index++) {
      const row = first + index * l.steps;
      const state = states + bytes(index * units);
      const absent = present != 0 && load<f32>(present + bytes(row)) == 0;
      activate(
        projected + bytes(row * 3 * units), products + bytes(index * 3 * units), bias, absent,
        gates + bytes(row * 4 * units), state, units,
      );
      copy(hidden + bytes(row * units), state, units);
    }
  }
}

@inline
function activate(
  projected: usize,
  product: usize,
  bias: usize,
  absent: bool,
  gate: usize,
  state: usize,
  units: i32,
): void {
  const across = bytes(units);
  const one = f32x4.splat(1);
  for (let unit = 0; unit < units; unit += 4) {
    const at = bytes(unit);
    const own = projected + at;
    const cycled = product + at;
    const shift = bias + at;
    const cycledReset = f32x4.add(v128.load(cycled), v128.load(shift));
    const cycledKeep = f32x4.add(v128.load(cycled + across), v128.load(shift + across));
    const cycledThird = f32x4.add(v128.load(cycled + 2 * across), v128.load(shift + 2 * across));
    const reset = sigmoid(f32x4.add(v128.load(own), cycledReset));
    let keep = sigmoid(f32x4.add(v128.load(own + across), cycledKeep));
    if (absent) keep = one;
    const candidate = hyperbolicTangent(
      f32x4.add(v128.load(own + 2 * across), f32x4.mul(reset, cycledThird)),
    );
    const before = v128.load(state + at);
    const change = f32x4.mul(f32x4.sub(one, keep), f32x4.sub(candidate, before));
    const to = gate + at;
    v128.store(to, reset);
    v128.store(to + across, keep);
    v128.store(to + 2 * across, candidate);
    v128.store(to + 3 * across, cycledThird);
    v128.store(state + at, f32x4.add(before, change));
  }
}

/**
 * Backward over all steps, for the examples [begin, end): `slopes` gets the gradient with respect to
 * the projected inputs, `cycledSlopes` that with respect to the recurrent products; `recurrent` is
 * the transposed matrix, packed. A step that left the state as it was has keep = 1, which makes its
 * slopes zero.
 */
export function gruBackward(
  dy: usize,
  hidden: usize,
  gates: usize,
  recurrent: usize,
  slopes: usize,
  cycledSlopes: usize,
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
  const carried = rows + bytes(tableRows(count));
  const nextSlopes = carried + bytes(count * units);
  store<i32>(runs, 0);
  for (let index = 0; index < count; index++) {
    store<i32>(rows + bytes(index), bytes(index * 3 * units));
  }
  padRowTable(rows, count);
  memory.fill(carried, 0, bytes(count * units));
  for (let step = l.steps - 1; step >= 0; step--) {
    const first = begin * l.steps + step;
    if (step < l.steps - 1) {
      multiplyPanels(
        nextSlopes, rows, count, 1, runs, 3 * units, recurrent, 3 * units, 0, units, carried, units,
        true, edge,
      );
    }
    for (let index = 0; index < count; index++) {
      const row = first + index * l.steps;
      const slope = nextSlopes + bytes(index * 3 * units);
      differentiate(
        dy + bytes(row * units), step > 0 ? hidden + bytes((row - 1) * units) : 0,
        gates + bytes(row * 4 * units), carried + bytes(index * units), slope,
        slopes + bytes(row * 3 * units), units,
      );
      copy(cycledSlopes + bytes(row * 3 * units), slope, 3 * units);
    }
  }
}

/** Reads the gradient of a state from `carried` and `dy`; leaves in `carried` what passes keep. */
@inline
function differentiate(
  dy: usize,
  before: usize,
  gate: usize,
  carried: usize,
  cycledSlope: usize,
  slope: usize,
  units: i32,
): void {
  const across = bytes(units);
  const one = f32x4.splat(1);
  for (let unit = 0; unit < units; unit += 4) {
    const at = bytes(unit);
    const reset = v128.load(gate + at);
    const keep = v128.load(gate + at + across);
    const candidate = v128.load(gate + at + 2 * across);
    const cycledThird = v128.load(gate + at + 3 * across);
    const dHidden = f32x4.add(v128.load(carried + at), v128.load(dy + at));
    const earlier = before ? v128.load(before + at) : f32x4.splat(0);
    const dKeep = f32x4.mul(
      f32x4.mul(dHidden, f32x4.sub(earlier, candidate)),
      sigmoidSlope(keep),
    );
    const curve = f32x4.sub(one, f32x4.mul(candidate, candidate));
    const dCandidate = f32x4.mul(f32x4.mul(dHidden, f32x4.sub(one, keep)), curve);
    const dReset = f32x4.mul(f32x4.mul(dCandidate, cycledThird), sigmoidSlope(reset));
    v128.store(slope + at, dReset);
    v128.store(slope + at + across, dKeep);
    v128.store(slope + at + 2 * across, dCandidate);
    v128.store(cycledSlope + at, dReset);
    v128.store(cycledSlope + at + across, dKeep);
    v128.store(cycledSlope + at + 2 * across, f32x4.mul(dCandidate, reset));
    v128.store(carried + at, f32x4.mul(dHidden, keep));
  }
}
