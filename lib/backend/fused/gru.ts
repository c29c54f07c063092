import * as tf from "@tensorflow/tfjs";

/**
 * A layer of gated recurrent units (Cho et al. 2014) over all time steps, from a zero state, with the
 * reset gate behind the recurrent product.
 *
 * With `hidden · recurrent + recurrentBias` cut into r', z', n' and a step of `projected` into r, z,
 * n: `reset = sigmoid(r + r')`, `keep = sigmoid(z + z')`,
 * `hidden = keep hidden + (1 - keep) tanh(n + reset n')`.
 *
 * @param projected `[batch, steps, 3 * units]`: inputs times input weights, plus bias. Not disposed.
 * @param recurrent `[units, 3 * units]`. Not disposed.
 * @param recurrentBias `[3 * units]`. Not disposed.
 * @param present `[batch, steps, 1]`: 0 at steps that leave the state as it is. Not disposed.
 * @returns The hidden states `[batch, steps, units]`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function gru(
  projected: tf.Tensor,
  recurrent: tf.Tensor,
  recurrentBias: tf.Tensor,
  present?: tf.Tensor3D,
): tf.Tensor3D {
  const [batch, , columns] = projected.shape;
  const units = recurrent.shape[0];
  if (projected.rank !== 3 || columns !== 3 * units || recurrent.shape[1] !== columns) {
    throw new RangeError(
      `gru takes [batch, steps, 3 * units] and [units, 3 * units], but gets ` +
        `[${projected.shape}] and [${recurrent.shape}].`,
    );
  }
  return tf.tidy(() => {
    const masks = present && tf.unstack(present, 1);
    const states: tf.Tensor[] = [];
    let hidden: tf.Tensor = tf.zeros([batch, units]);
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
