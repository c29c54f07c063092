import * as tf from "@tensorflow/tfjs";
import { hasKernel, runFused } from "./_run.ts";

/**
 * A layer of long short-term memory (Hochreiter and Schmidhuber 1997) over all time steps, starting
 * from a zero state.
 *
 * With the gates i, f, g, o of a step cut from `projected + hidden · recurrent`, the state is
 * `cell = sigmoid(f) cell + sigmoid(i) tanh(g)` and `hidden = sigmoid(o) tanh(cell)`. On the wasm
 * backend the layer and its gradient are one kernel each when the number of units is a multiple of
 * four; elsewhere it is made of ordinary operations.
 *
 * @param projected `[batch, steps, 4 * units]`: inputs times input weights. Not disposed.
 * @param recurrent `[units, 4 * units]`. Not disposed.
 * @param bias `[4 * units]`, added to `projected`; none where that has it already. Not disposed.
 * @returns The hidden states `[batch, steps, units]`.
 * @throws {RangeError} When the shapes do not fit each other.
 */
export function lstm(projected: tf.Tensor, recurrent: tf.Tensor, bias?: tf.Tensor): tf.Tensor3D {
  const [batch, steps, columns] = projected.shape;
  const units = recurrent.shape[0];
  if (
    projected.rank !== 3 || recurrent.rank !== 2 || columns !== 4 * units ||
    recurrent.shape[1] !== columns || (bias && `${bias.shape}` !== `${columns}`)
  ) {
    throw new RangeError(
      `lstm takes [batch, steps, 4 * units], [units, 4 * units] and, if any, [4 * units], but gets ` +
        `[${projected.shape}], [${recurrent.shape}]${bias ? ` and [${bias.shape}]` : ""}.`,
    );
  }
  const fused = hasKernel("PolytaskLstm") && units % 4 === 0 && batch * steps > 0;
  if (!fused) {
    return tf.tidy(() => compose(bias ? projected.add(bias) : projected, recurrent));
  }
  const states = runFused({
    inputs: bias ? [projected, recurrent, bias] : [projected, recurrent],
    forward: ([projected, recurrent, bias]) => {
      const inputs = { projected, recurrent, ...(bias && { bias }) };
      return tf.engine().runKernel("PolytaskLstm", inputs) as tf.Tensor[];
    },
    needs: [recurrent],
    backward: (dy, [recurrent], [hidden, cells, gates]) => {
      const all = { dy, recurrent, hidden, cells, gates };
      const [slopes, dRecurrent] = tf.engine().runKernel(
        "PolytaskLstmGradient",
        all,
      ) as tf.Tensor[];
      return bias ? [slopes, dRecurrent, slopes.sum([0, 1])] : [slopes, dRecurrent];
    },
  });
  return states as tf.Tensor3D;
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
