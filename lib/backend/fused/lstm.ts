import * as tf from "@tensorflow/tfjs";

/**
 * A layer of long short-term memory (Hochreiter and Schmidhuber 1997) over all time steps, starting
 * from a zero state.
 *
 * With the gates i, f, g, o of a step cut from `projected + hidden · recurrent`, the state is
 * `cell = sigmoid(f) cell + sigmoid(i) tanh(g)` and `hidden = sigmoid(o) tanh(cell)`. On the wasm
 * backend the layer and its gradient are one kernel each when the number of units is a multiple of
 * four; elsewhere it is made of ordinary operations.
 *
 * @param projected `[batch, steps, 4 * units]`: inputs times input weights, plus bias. Not disposed.
 * @param recurrent `[units, 4 * units]`. Not disposed.
 * @returns The hidden states `[batch, steps, units]`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function lstm(projected: tf.Tensor, recurrent: tf.Tensor): tf.Tensor3D {
  const [batch, steps, columns] = projected.shape;
  const units = recurrent.shape[0];
  if (
    projected.rank !== 3 || recurrent.rank !== 2 || columns !== 4 * units ||
    recurrent.shape[1] !== columns
  ) {
    throw new RangeError(
      `lstm takes [batch, steps, 4 * units] and [units, 4 * units], but gets ` +
        `[${projected.shape}] and [${recurrent.shape}].`,
    );
  }
  const fused = tf.getKernel("PolytaskLstm", tf.getBackend()) && units % 4 === 0 &&
    batch * steps > 0;
  return fused ? runFused(projected, recurrent) : compose(projected, recurrent);
}

function runFused(projected: tf.Tensor, recurrent: tf.Tensor): tf.Tensor3D {
  const operation = tf.customGrad((...list) => {
    const save = list.pop() as tf.GradSaveFunc;
    const [inputs, weights] = list as tf.Tensor[];
    const [hidden, cells, gates] = tf.engine().runKernel("PolytaskLstm", {
      projected: inputs,
      recurrent: weights,
    }) as tf.Tensor[];
    save([weights, hidden, cells, gates]);
    return {
      value: hidden,
      gradFunc: (dy, saved) => {
        const [recurrent, hidden, cells, gates] = saved as tf.Tensor[];
        const all = { dy: dy as tf.Tensor, recurrent, hidden, cells, gates };
        return tf.engine().runKernel("PolytaskLstmGradient", all) as tf.Tensor[];
      },
    };
  });
  return operation(projected, recurrent) as tf.Tensor3D;
}

function compose(projected: tf.Tensor, recurrent: tf.Tensor): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, , columns] = projected.shape;
    const states: tf.Tensor[] = [];
    let hidden: tf.Tensor = tf.zeros([batch, columns / 4]);
    let cell: tf.Tensor = tf.zeros([batch, columns / 4]);
    for (const step of tf.unstack(projected, 1)) {
      const [i, f, g, o] = tf.split(tf.add(step, tf.matMul(hidden, recurrent)), 4, 1);
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      hidden = tf.mul(tf.sigmoid(o), tf.tanh(cell));
      states.push(hidden);
    }
    return tf.stack(states, 1) as tf.Tensor3D;
  });
}
