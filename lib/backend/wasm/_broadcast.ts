/**
 * For each element of `shape`, in order, the element of a tensor of shape `own` that broadcasts
 * to it.
 */
export function broadcastOffset(
  own: readonly number[],
  shape: readonly number[],
): (index: number) => number {
  const padded = [...Array(shape.length - own.length).fill(1), ...own];
  return (index) => {
    let offset = 0;
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (padded[axis] > 1) offset += index % shape[axis] * step;
      index = Math.floor(index / shape[axis]);
      step *= padded[axis];
    }
    return offset;
  };
}
