import * as tf from "@tensorflow/tfjs";
import type { NamedVariable } from "../../models/mod.ts";
import type { Gradients, OptimizerState, RunningOptimizer } from "./optimizer.ts";

/** What one update makes of a value and its slots (moments and the like). New tensors, all owned. */
export type UpdateRule = (
  value: tf.Tensor,
  gradient: tf.Tensor,
  slots: readonly tf.Tensor[],
  learningRate: number,
  step: number,
) => tf.Tensor[];

/**
 * An optimizer from an update rule: keeps the slots of every variable and counts its updates.
 * @param slotNames Names of the slots, in the order in which the rule takes and returns them.
 */
export function withSlots(
  variables: readonly NamedVariable[],
  slotNames: readonly string[],
  rule: UpdateRule,
): RunningOptimizer {
  const slots = new Map<string, tf.Tensor[]>();
  const steps = new Map<string, number>();
  return {
    apply(gradients: Gradients, learningRate: number) {
      for (const { name, variable, learningRateFactor = 1 } of variables) {
        const gradient = gradients.get(name);
        if (!gradient) continue;
        const step = (steps.get(name) ?? 0) + 1;
        const before = slots.get(name) ?? slotNames.map(() => tf.zerosLike(variable));
        const [value, ...after] = rule(
          variable,
          gradient,
          before,
          learningRate * learningRateFactor,
          step,
        );
        variable.assign(value);
        tf.dispose([value, before]);
        slots.set(name, after.map((tensor) => tf.keep(tensor)));
        steps.set(name, step);
      }
    },
    state(): OptimizerState {
      const tensors = new Map<string, tf.Tensor>();
      for (const [name, held] of slots) {
        held.forEach((tensor, at) => tensors.set(`${slotNames[at]} of ${name}`, tensor));
      }
      return { steps: Object.fromEntries(steps), tensors };
    },
    restore(state) {
      for (const { name } of variables) {
        const step = state.steps[name];
        if (step === undefined) continue;
        const copies = slotNames.map((slot) => {
          const tensor = state.tensors.get(`${slot} of ${name}`);
          if (!tensor) throw new Error(`The saved optimizer has no "${slot} of ${name}".`);
          return tf.keep(tensor.clone());
        });
        tf.dispose(slots.get(name) ?? []);
        slots.set(name, copies);
        steps.set(name, step);
      }
    },
    dispose() {
      tf.dispose([...slots.values()]);
      slots.clear();
      steps.clear();
    },
  };
}

/** Runs a fused update of the current backend if it has one of this name. */
export function fusedUpdate(
  kernel: string,
  inputs: tf.NamedTensorMap,
  attributes: Record<string, number | boolean>,
): tf.Tensor[] | undefined {
  if (!tf.getKernel(kernel, tf.getBackend())) return undefined;
  return tf.engine().runKernel(kernel, inputs, attributes) as unknown as tf.Tensor[];
}
