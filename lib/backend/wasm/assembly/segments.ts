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
