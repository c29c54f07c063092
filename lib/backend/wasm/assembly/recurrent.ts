// What recurrent layers have in common.

/** Sizes of a layer, as the caller lays them out in memory. */
@unmanaged
export class Layer {
  batch: i32;
  steps: i32;
  units: i32;
}

/** Slope of the sigmoid where it has this value. */
@inline
export function sigmoidSlope(value: v128): v128 {
  return f32x4.mul(value, f32x4.sub(f32x4.splat(1), value));
}
