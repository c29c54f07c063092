import * as tf from "@tensorflow/tfjs";

/** Stands for the logarithm of 0. */
const NEVER = -1e30;
/** Below this a logarithm of a probability is that of 0. */
const IMPOSSIBLE = -1e29;

/**
 * Connectionist temporal classification (Graves et al. 2006): for each row -log of the probability
 * that the symbols come out when one class is drawn for every frame, repeats are merged and blanks
 * dropped. Forward and backward algorithm in logarithms; the gradient is their product, the chance
 * of each class at each frame given the symbols.
 *
 * @param logProbabilities `[batch, frames, symbols + 1]`; the last class is the blank.
 * @param target `[batch, length]`: indices of symbols, -1 behind the end.
 * @returns `[batch]`, in nats; infinite, with gradient 0, where the frames are too few. Keeps its
 * arguments; the caller owns the result.
 */
export function ctcLosses(logProbabilities: tf.Tensor3D, target: tf.Tensor2D): tf.Tensor1D {
  const operation = tf.customGrad((...list) => {
    const save = list.pop() as tf.GradSaveFunc;
    const { losses, occupancy } = forwardBackward(list[0] as tf.Tensor3D, target);
    save([occupancy]);
    return {
      value: losses,
      gradFunc: (dy, saved) => {
        const [occupancy] = saved as tf.Tensor[];
        return occupancy.mul((dy as tf.Tensor).neg().reshape([-1, 1, 1]));
      },
    };
  });
  return operation(logProbabilities) as tf.Tensor1D;
}

/** Losses, and the chance of each class at each frame given the symbols. */
function forwardBackward(
  logProbabilities: tf.Tensor3D,
  target: tf.Tensor2D,
): { losses: tf.Tensor; occupancy: tf.Tensor } {
  return tf.tidy(() => {
    const classes = logProbabilities.shape[2];
    const { symbols, states, skip, ends } = lattice(target.toInt(), classes);
    // [batch, frames, states]: the logarithm of what each state emits.
    const emitted = tf.matMul(logProbabilities, symbols, false, true).add(states.expandDims(1));
    const steps = tf.unstack(emitted, 1);
    const forward = run(steps, firstStates(steps[0].shape), (values) => moved(values, skip, 1));
    const last = forward[forward.length - 1].add(ends);
    const total = tf.logSumExp(last, 1, true);
    const backward = run(
      [...steps].reverse(),
      ends,
      (values) => moved(values, skip, -1),
    ).reverse();
    // Each holds the emission of its own frame once too often.
    const both = tf.stack(forward.map((values, at) => values.add(backward[at]).sub(steps[at])), 1);
    const possible = total.greater(IMPOSSIBLE);
    const chance = both.sub(total.expandDims(1)).minimum(0).exp();
    const occupancy = tf.matMul(chance, symbols).mul(possible.toFloat().expandDims(1));
    const losses = tf.where(possible, total.neg(), tf.fill(total.shape, Infinity)).squeeze([1]);
    return { losses, occupancy };
  });
}

/**
 * The states of each row: blank, first symbol, blank, ..., last symbol, blank, and what may follow
 * what.
 */
function lattice(target: tf.Tensor2D, classes: number) {
  const [batch, length] = target.shape;
  const blank = tf.scalar(classes - 1, "int32");
  const present = target.greaterEqual(0);
  const filled = tf.where(present, target, tf.fill([batch, length], classes - 1, "int32"));
  const blanks = tf.fill([batch, length], classes - 1, "int32");
  const last = tf.fill([batch, 1], classes - 1, "int32");
  const indices = tf.concat([tf.stack([blanks, filled], 2).reshape([batch, 2 * length]), last], 1);
  const count = present.toFloat().sum(1, true).mul(2);
  const place = tf.range(0, 2 * length + 1).expandDims(0);
  const allowed = (where: tf.Tensor) => tf.sub(1, where.toFloat()).mul(NEVER);
  // A symbol may follow the one before without a blank between, unless they are the same.
  const earlier = tf.concat([
    tf.fill([batch, Math.min(2, 2 * length + 1)], classes - 1, "int32"),
    indices.slice([0, 0], [batch, Math.max(0, 2 * length - 1)]),
  ], 1);
  const jumps = tf.logicalAnd(indices.notEqual(blank), indices.notEqual(earlier));
  const atEnd = tf.logicalOr(place.equal(count), place.equal(count.sub(1)));
  return {
    symbols: tf.oneHot(indices as tf.Tensor2D, classes).toFloat() as tf.Tensor3D,
    states: allowed(place.lessEqual(count)),
    skip: allowed(jumps),
    ends: allowed(atEnd),
  };
}

/** 0 for the two states in which a sequence may begin, the logarithm of 0 for others. */
function firstStates([batch, states]: readonly number[]): tf.Tensor {
  const row = Array.from({ length: states }, (_, at) => at < 2 ? 0 : NEVER);
  return tf.tile(tf.tensor2d([row]), [batch, 1]);
}

/** Values after each step: what comes from the step before, plus the emission. */
function run(
  steps: readonly tf.Tensor[],
  first: tf.Tensor,
  move: (values: tf.Tensor) => tf.Tensor,
): tf.Tensor[] {
  const values: tf.Tensor[] = [];
  steps.forEach((emitted, at) => {
    const before = at === 0 ? first : move(values[at - 1]);
    values.push(before.add(emitted).maximum(NEVER));
  });
  return values;
}

/** Stays, moves by one state or skips a blank; `direction` 1 forward, -1 backward in time. */
function moved(values: tf.Tensor, skip: tf.Tensor, direction: 1 | -1): tf.Tensor {
  const one = shifted(values, direction);
  // A skip belongs to the state that it leads to.
  const two = direction === 1
    ? shifted(one, 1).add(skip)
    : shifted(shifted(values.add(skip), -1), -1);
  return tf.logSumExp(tf.stack([values, one, two]), 0);
}

/** Values moved by one state; the logarithm of 0 comes in at the side. */
function shifted(values: tf.Tensor, direction: 1 | -1): tf.Tensor {
  const [batch, states] = values.shape;
  const from = direction === 1 ? 0 : 1;
  const pads: [number, number] = direction === 1 ? [1, 0] : [0, 1];
  return values.slice([0, from], [batch, states - 1]).pad([[0, 0], pads], NEVER);
}
