import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/**
 * A layer of gated recurrent units (Cho et al. 2014) over all time steps, from a zero state, with the
 * reset gate behind the recurrent product.
 *
 * With `hidden · recurrent + recurrentBias` cut into r', z', n' and a step of `projected` into r, z,
 * n: `reset = sigmoid(r + r')`, `keep = sigmoid(z + z')`,
 * `hidden = keep hidden + (1 - keep) tanh(n + reset n')`. On the wasm backend the layer and its
 * gradient are one kernel each when the number of units is a multiple of four; elsewhere it is made
 * of ordinary operations.
 *
 * @param projected `[batch, steps, 3 * units]`: inputs times input weights, plus bias. Not disposed.
 * @param recurrent `[units, 3 * units]`. Not disposed.
 * @param recurrentBias `[3 * units]`. Not disposed.
 * @param present `[batch, steps, 1]`: 0 at steps that leave the state as it is, 1 at the others. It
 * gets no gradient. Not disposed.
 * @returns The hidden states `[batch, steps, units]`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function gru(
  projected: tf.Tensor,
  recurrent: tf.Tensor,
  recurrentBias: tf.Tensor,
  present?: tf.Tensor3D,
): tf.Tensor3D {
  const [batch, steps, columns] = projected.shape;
  const units = recurrent.shape[0];
  if (
    projected.rank !== 3 || recurrent.rank !== 2 || columns !== 3 * units ||
    recurrent.shape[1] !== columns || `${recurrentBias.shape}` !== `${columns}` ||
    (present && `${present.shape}` !== `${[batch, steps, 1]}`)
  ) {
    throw new RangeError(
      `gru takes [batch, steps, 3 * units], [units, 3 * units], [3 * units] and, if any, ` +
        `[batch, steps, 1], but gets [${projected.shape}], [${recurrent.shape}], ` +
        `[${recurrentBias.shape}]${present ? ` and [${present.shape}]` : ""}.`,
    );
  }
  const fused = hasKernel("PolytaskGru") && units % 4 === 0 && batch * steps > 0;
  if (!fused) return compose(projected, recurrent, recurrentBias, present);
  const states = runFused({
    inputs: [projected, recurrent, recurrentBias],
    forward: ([projected, recurrent, bias]) => {
      const inputs = { projected, recurrent, bias, ...(present && { present }) };
      return tf.engine().runKernel("PolytaskGru", inputs) as tf.Tensor[];
    },
    needs: [recurrent],
    backward: (dy, [recurrent], [hidden, gates]) =>
      tf.engine().runKernel("PolytaskGruGradient", {
        dy,
        recurrent,
        hidden,
        gates,
      }) as tf.Tensor[],
  });
  return states as tf.Tensor3D;
}

function compose(
  projected: tf.Tensor,
  recurrent: tf.Tensor,
  recurrentBias: tf.Tensor,
  present: tf.Tensor3D | undefined,
): tf.Tensor3D {
  return tf.tidy(() => {
    const masks = present && tf.unstack(present, 1);
    const states: tf.Tensor[] = [];
    let hidden: tf.Tensor = tf.zeros([projected.shape[0], recurrent.shape[0]]);
    tf.unstack(projected, 1).forEach((step, at) => {
      const [r, z, n] = tf.split(step, 3, 1);
      const cycled = tf.matMul(hidden as tf.Tensor2D, recurrent as tf.Tensor2D).add(recurrentBias);
      const [cycledR, cycledZ, cycledN] = tf.split(cycled, 3, 1);
      const keep = tf.sigmoid(z.add(cycledZ));
      const candidate = tf.tanh(n.add(tf.sigmoid(r.add(cycledR)).mul(cycledN)));
      const change = tf.sub(1, keep).mul(candidate.sub(hidden));
      hidden = hidden.add(masks ? change.mul(masks[at]) : change);
      states.push(hidden);
    });
    return tf.stack(states, 1) as tf.Tensor3D;
  });
}
