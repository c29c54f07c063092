import * as tf from "@tensorflow/tfjs";

/** What the kernel StridedSlice is told, one number for each axis that is named, and masks of bits. */
interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** The same in the order in which `tf.stridedSlice` and `sliceInfo` take it. */
export function stridedSliceArguments(attributes: tf.NamedAttrMap) {
  const slice = attributes as unknown as Attributes;
  return [
    slice.begin,
    slice.end,
    slice.strides,
    slice.beginMask,
    slice.endMask,
    slice.ellipsisMask,
    slice.newAxisMask,
    slice.shrinkAxisMask,
  ] as const;
}

/**
 * A strided slice that drops or adds an axis: upstream's kernels in JavaScript, WebAssembly and
 * WebGPU then take numbers of other axes. Here they slice with all axes in place, and the shape
 * changes afterwards.
 */
export function repairStridedSlice(backendName: string): void {
  const upstream = tf.getKernel("StridedSlice", backendName);
  if (!upstream) return;
  tf.unregisterKernel("StridedSlice", backendName);
  tf.registerKernel({
    ...upstream,
    kernelFunc: (call) => {
      const { newAxisMask, shrinkAxisMask } = call.attrs as unknown as Attributes;
      if (newAxisMask === 0 && shrinkAxisMask === 0) return upstream.kernelFunc(call);
      const x = call.inputs.x as tf.TensorInfo;
      const { attrs, shape } = withAllAxes(x.shape, call.attrs!);
      return { ...upstream.kernelFunc({ ...call, attrs }) as tf.TensorInfo, shape };
    },
  });
}

/** The same slice with no axis dropped or added, and the shape that was asked for. */
function withAllAxes(shape: number[], attributes: tf.NamedAttrMap) {
  const all = tf.slice_util.sliceInfo(shape, ...stridedSliceArguments(attributes));
  // Backwards to the first number: an end of -1 would mean the last one.
  const open = all.end.reduce((mask, stop, axis) => stop < 0 ? mask | 1 << axis : mask, 0);
  const attrs = {
    begin: all.begin,
    end: all.end,
    strides: all.strides,
    beginMask: 0,
    endMask: open,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
  };
  return { attrs: attrs as unknown as tf.NamedAttrMap, shape: all.finalShape };
}
