import * as tf from "@tensorflow/tfjs";
import { type MultiTaskModel, Random } from "polytask";

/**
 * Changes every number of a model, moving averages too, so that no first value is left that a seed
 * would draw again. State grows and never shrinks: variances stay above 0.
 */
export function perturb(model: MultiTaskModel, seed: number | string = "perturbed"): void {
  for (const { name, variable } of model.namedVariables()) {
    const random = Random.stream(seed, name);
    const changed = tf.tidy(() =>
      variable.add(tf.tensor(
        Float32Array.from(
          { length: variable.size },
          () => variable.trainable ? 0.2 * random.normal() : 0.02 + 0.1 * random.uniform(),
        ),
        variable.shape,
      ))
    );
    variable.assign(changed);
    changed.dispose();
  }
}
