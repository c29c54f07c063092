import * as tf from "@tensorflow/tfjs";
import type { Gradients } from "./optimizers/mod.ts";

/** Gradients, and how long they were altogether. */
export interface Clipped {
  /** The gradients that were given, where they are short enough; else new ones, to be disposed. */
  readonly gradients: Gradients;
  /** Joint Euclidean norm of those given. */
  readonly length: number;
}

/** The gradients times min(1, norm / their joint Euclidean norm). Keeps the gradients given. */
export async function clipByGlobalNorm(gradients: Gradients, norm: number): Promise<Clipped> {
  const total = tf.tidy(() =>
    tf.addN([...gradients.values()].map((gradient) => gradient.square().sum())).sqrt()
  );
  const [length] = await total.data();
  total.dispose();
  if (!(length > norm)) return { gradients, length };
  const factor = norm / length;
  return {
    gradients: new Map([...gradients].map(([name, gradient]) => [name, gradient.mul(factor)])),
    length,
  };
}
