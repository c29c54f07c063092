import { callKernel, register, requireFloat32 } from "../register.ts";
import type { Runtime } from "../runtime.ts";
import { cutRows } from "./_rows.ts";

/** PolytaskLayerNorm {x, scale, offset} to [y, normal, factors], and PolytaskLayerNormGradient. */
export function registerLayerNorm(runtime: Runtime): void {
  register<"x" | "scale" | "offset", { epsilon: number }>(
    "PolytaskLayerNorm",
    ({ x, scale, offset }, { epsilon }) => {
      requireFloat32("layerNorm", x, scale, offset);
      const { rows, columns, plan } = cutRows(runtime, x);
      const y = runtime.output(x.shape);
      const normal = runtime.output(x.shape);
      const factors = runtime.output([rows]);
      const [from, scalePointer, offsetPointer, to, normalTo, factorsTo] = [
        x,
        scale,
        offset,
        y,
        normal,
        factors,
      ].map((tensor) => runtime.pointer(tensor));
      const settings = runtime.floats([epsilon]);
      runtime.run("layerNorm", plan, (part) => [
        from,
        scalePointer,
        offsetPointer,
        part.begin(),
        part.end(),
        columns,
        settings,
        to,
        normalTo,
        factorsTo,
      ]);
      return [y, normal, factors];
    },
  );
  register<"dy" | "scale" | "normal" | "factors", unknown>(
    "PolytaskLayerNormGradient",
    ({ dy, scale, normal, factors }) => {
      const { rows, columns, plan } = cutRows(runtime, normal);
      const dx = runtime.output(normal.shape);
      const products = runtime.output([rows, columns]);
      const [slope, scalePointer, from, factorsFrom, to, productsTo] = [
        dy,
        scale,
        normal,
        factors,
        dx,
        products,
      ].map((tensor) => runtime.pointer(tensor));
      runtime.run("layerNormGradient", plan, (part) => [
        slope,
        scalePointer,
        from,
        factorsFrom,
        part.begin(),
        part.end(),
        columns,
        to,
        productsTo,
      ]);
      const overRows = { axis: [0], keepDims: false };
      const dScale = callKernel("Sum", { x: products }, overRows);
      runtime.release(products);
      const flat = { dataId: dy.dataId, shape: [rows, columns], dtype: dy.dtype };
      return [dx, dScale, callKernel("Sum", { x: flat }, overRows)];
    },
  );
}
