import { register, requireFloat32, size } from "../register.ts";
import { align, type Runtime } from "../runtime.ts";
import { cutBatch, recurrentGradient } from "./_recurrent.ts";

/**
 * PolytaskLstm: a whole layer, {projected, recurrent, bias?} to [hidden, cells, gates]; and
 * PolytaskLstmGradient: {dy, recurrent, hidden, cells, gates} to [projected, recurrent] gradients.
 * The number of units is a multiple of four.
 */
export function registerLstm(runtime: Runtime): void {
  const { functions } = runtime;
  register<"projected" | "recurrent" | "bias", unknown>("PolytaskLstm", (inputs) => {
    const { projected, recurrent, bias } = inputs;
    requireFloat32("lstm", projected, recurrent, ...(bias ? [bias] : []));
    const [batch, steps, columns] = projected.shape;
    const units = columns / 4;
    const hidden = runtime.output([batch, steps, units]);
    const cells = runtime.output([batch, steps, units]);
    const gates = runtime.output(projected.shape);
    const each = align(functions.lstmScratch(batch, units));
    const [panels, scratch] = runtime.scratch(
      4 * units * functions.panelColumns(columns),
      each * runtime.threads,
    );
    functions.packPanels(runtime.pointer(recurrent), columns, units, columns, panels);
    const pointers = [gates, hidden, cells].map((tensor) => runtime.pointer(tensor));
    const shift = bias ? runtime.pointer(bias) : 0;
    const from = runtime.pointer(projected);
    functions.addBias(from, pointers[0], batch * steps, columns, shift, 0);
    const layer = runtime.integers([batch, steps, units]);
    const plan = cutBatch(runtime, batch, size(projected.shape) * units);
    runtime.run("lstmForward", plan, (part) => [
      pointers[0],
      panels,
      pointers[1],
      pointers[2],
      layer,
      part.begin(),
      part.end(),
      part.own(scratch, each),
    ]);
    return [hidden, cells, gates];
  });
  register<"dy" | "recurrent" | "hidden" | "cells" | "gates", unknown>(
    "PolytaskLstmGradient",
    ({ dy, recurrent, hidden, cells, gates }) => {
      const [batch, steps, columns] = gates.shape;
      const units = columns / 4;
      const slopes = runtime.output(gates.shape);
      const each = align(functions.lstmScratch(batch, units));
      const [panels, scratch] = runtime.scratch(
        4 * columns * functions.panelColumns(units),
        each * runtime.threads,
      );
      const weights = runtime.pointer(recurrent);
      functions.packPanelsTransposed(weights, columns, columns, units, panels, columns, 0);
      const pointers = [dy, gates, hidden, cells].map((tensor) => runtime.pointer(tensor));
      const to = runtime.pointer(slopes);
      const layer = runtime.integers([batch, steps, units]);
      const plan = cutBatch(runtime, batch, size(gates.shape) * units);
      runtime.run("lstmBackward", plan, (part) => [
        ...pointers,
        panels,
        to,
        layer,
        part.begin(),
        part.end(),
        part.own(scratch, each),
      ]);
      const dRecurrent = recurrentGradient(runtime, hidden, recurrent.shape, to);
      return [slopes, dRecurrent];
    },
  );
}
