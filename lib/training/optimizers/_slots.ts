import * as tf from "@tensorflow/tfjs";
import type { VariableStep } from "../../backend/fused/optimizer_step.ts";
import type { NamedVariable } from "../../models/mod.ts";
import type { Gradients, OptimizerState, RunningOptimizer } from "./optimizer.ts";

/** One variable in an update. */
export interface VariableUpdate extends VariableStep {
  readonly learningRate: number;
  /** Updates that the variable has had, this one included. */
  readonly step: number;
}

/** How an optimizer changes variables. */
export interface UpdateRule {
  /** Names of the slots of a variable: moments and the like. */
  readonly slots: readonly string[];
  /** Changes all variables and their slots at once, if the backend can; false where it cannot. */
  readonly together: (updates: readonly VariableUpdate[]) => boolean;
  /** The new value and the new slots of one variable. New tensors, all owned by the caller. */
  readonly alone: (update: VariableUpdate) => tf.Tensor[];
}

/** An optimizer from an update rule: keeps the slots of every variable and counts its updates. */
export function withSlots(
  variables: readonly NamedVariable[],
  rule: UpdateRule,
): RunningOptimizer {
  const slots = new Map<string, tf.Tensor[]>();
  const steps = new Map<string, number>();
  const updateOf = (
    { name, variable, learningRateFactor = 1 }: NamedVariable,
    gradients: Gradients,
    learningRate: number,
  ): VariableUpdate[] => {
    const gradient = gradients.get(name);
    if (!gradient) return [];
    const step = (steps.get(name) ?? 0) + 1;
    steps.set(name, step);
    const held = slots.get(name) ?? rule.slots.map(() => tf.keep(tf.zerosLike(variable)));
    slots.set(name, held);
    return [{
      variable,
      gradient,
      slots: held,
      learningRate: learningRate * learningRateFactor,
      step,
    }];
  };
  return {
    apply(gradients: Gradients, learningRate: number) {
      const updates = variables.flatMap((variable) => updateOf(variable, gradients, learningRate));
      if (rule.together(updates)) return;
      for (const update of updates) {
        const [value, ...after] = rule.alone(update);
        update.variable.assign(value);
        tf.dispose([value, update.slots]);
        after.forEach((tensor, index) => update.slots[index] = tf.keep(tensor));
      }
    },
    state(): OptimizerState {
      const tensors = new Map<string, tf.Tensor>();
      for (const [name, held] of slots) {
        held.forEach((tensor, at) => tensors.set(`${rule.slots[at]} of ${name}`, tensor));
      }
      return { steps: Object.fromEntries(steps), tensors };
    },
    restore(state) {
      for (const { name } of variables) {
        const step = state.steps[name];
        if (step === undefined) continue;
        const copies = rule.slots.map((slot) => {
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
