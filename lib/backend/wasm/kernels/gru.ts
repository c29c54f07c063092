import { callKernel, register, requireFloat32, size } from "../register.ts";
import { align, type Runtime } from "../runtime.ts";
import { cutBatch, recurrentGradient } from "./_recurrent.ts";

/**
 * PolytaskGru: a whole layer, {projected, recurrent, bias, present?} to [hidden, gates]; and
 * PolytaskGruGradient: {dy, recurrent, hidden, gates} to the gradients of [projected, recurrent,
 * bias]. The number of units is a multiple of four.
 */
export function registerGru(runtime: Runtime): void {
  const { functions } = runtime;
  register<"projected" | "recurrent" | "bias" | "present", unknown>("PolytaskGru", (inputs) => {
    const { projected, recurrent, bias, present } = inputs;
    requireFloat32("gru", projected, recurrent, bias, ...(present ? [present] : []));
    const [batch, steps, columns] = projected.shape;
    const units = columns / 3;
    const hidden = runtime.output([batch, steps, units]);
    const gates = runtime.output([batch, steps, 4 * units]);
    const each = align(functions.gruScratch(batch, units));
    const [panels, scratch] = runtime.scratch(
      4 * units * functions.panelColumns(columns),
      each * runtime.threads,
    );
    functions.packPanels(runtime.pointer(recurrent), columns, units, columns, panels);
    const [from, shift, to, kept] = [projected, bias, hidden, gates].map((tensor) =>
      runtime.pointer(tensor)
    );
    const mask = present ? runtime.pointer(present) : 0;
    const layer = runtime.integers([batch, steps, units]);
    runtime.run("gruForward", cutBatch(runtime, batch, size(projected.shape) * units), (part) => [
      from,
      panels,
      shift,
      mask,
      to,
      kept,
      layer,
      part.begin(),
      part.end(),
      part.own(scratch, each),
    ]);
    return [hidden, gates];
  });
  register<"dy" | "recurrent" | "hidden" | "gates", unknown>(
    "PolytaskGruGradient",
    ({ dy, recurrent, hidden, gates }) => {
      const [batch, steps, units] = hidden.shape;
      const columns = 3 * units;
      const slopes = runtime.output([batch, steps, columns]);
      const cycled = runtime.output([batch, steps, columns]);
      const each = align(functions.gruScratch(batch, units));
      const [panels, scratch] = runtime.scratch(
        4 * columns * functions.panelColumns(units),
        each * runtime.threads,
      );
      const weights = runtime.pointer(recurrent);
      functions.packPanelsTransposed(weights, columns, columns, units, panels, columns, 0);
      const pointers = [dy, hidden, gates].map((tensor) => runtime.pointer(tensor));
      const [to, cycledTo] = [slopes, cycled].map((tensor) => runtime.pointer(tensor));
      const layer = runtime.integers([batch, steps, units]);
      runtime.run("gruBackward", cutBatch(runtime, batch, size(slopes.shape) * units), (part) => [
        ...pointers,
        panels,
        to,
        cycledTo,
        layer,
        part.begin(),
        part.end(),
        part.own(scratch, each),
      ]);
      const dRecurrent = recurrentGradient(runtime, hidden, recurrent.shape, cycledTo);
      const dBias = callKernel("Sum", { x: cycled }, { axis: [0, 1], keepDims: false });
      runtime.release(cycled);
      return [slopes, dRecurrent, dBias];
    },
  );
}
