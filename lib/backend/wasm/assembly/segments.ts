import { addTo, bytes } from "./simd";

/** Adds each of `count` rows to the row of `to` that its id names; other ids are left out. */
export function sumSegments(
  from: usize,
  ids: usize,
  count: i32,
  columns: i32,
  segments: i32,
  to: usize,
): void {
  memory.fill(to, 0, bytes(segments) * <usize> columns);
  for (let row = 0; row < count; row++) {
    const id = load<i32>(ids + bytes(row));
    if (id >= 0 && id < segments) {
      addTo(to + bytes(id * columns), from + bytes(row * columns), columns);
    }
  }
}

/**
 * Copies, for each of `outer` blocks of `length` slices of `size` values, the `count` slices that
 * `ids` name; blocks of the same batch share their ids. Returns where an id names no slice,
 * or -1.
 */
export function gatherSlices(
  from: usize,
  ids: usize,
  batches: i32,
  outer: i32,
  length: i32,
  count: i32,
  size: i32,
  to: usize,
): i32 {
  for (let batch = 0; batch < batches; batch++) {
    const own = ids + bytes(batch * count);
    for (let index = 0; index < count; index++) {
      const id = load<i32>(own + bytes(index));
      if (id < 0 || id >= length) return batch * count + index;
    }
    for (let block = 0; block < outer; block++) {
      const start = from + bytes((batch * outer + block) * length * size);
      for (let index = 0; index < count; index++) {
        const slice = start + bytes(load<i32>(own + bytes(index)) * size);
        memory.copy(to, slice, bytes(size));
        to += bytes(size);
      }
    }
  }
  return -1;
}
