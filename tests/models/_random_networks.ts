import * as tf from "@tensorflow/tfjs";
import { Random } from "polytask";
import type { OfRows } from "./_folding.ts";

/** Shape of the rows that random networks read. */
export const imageShape = [4, 4, 3] as const;

type Step = (value: tf.Tensor, draw: Draws) => tf.Tensor;

/** Numbers that are drawn, the same whenever a network of the seed runs. */
class Draws {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  below(count: number): number {
    return this.#random.integer(count);
  }

  tensor(shape: readonly number[]): tf.Tensor {
    const size = shape.reduce((product, side) => product * side, 1);
    const scale = 1 / Math.sqrt(size / shape[shape.length - 1]);
    return tf.tensor(
      Float32Array.from({ length: size }, () => scale * this.#random.normal()),
      [...shape],
    );
  }

  /** Factors for channels or one for all: above 0, below, both, none, large or small. */
  factors(channels: number): tf.Tensor {
    const kind = this.below(6);
    const one = (): number => {
      const size = 0.2 + this.#random.uniform();
      if (kind === 0) return -size;
      if (kind === 1) return this.below(2) === 0 ? size : -size;
      if (kind === 2) return this.below(3) === 0 ? 0 : size;
      return kind === 3 ? 10 * size : size;
    };
    const count = this.below(2) === 0 ? 1 : channels;
    return tf.tensor1d(Float32Array.from({ length: count }, one));
  }
}

const channelsOf = ({ shape }: tf.Tensor) => shape[shape.length - 1]!;
const isImage = ({ rank }: tf.Tensor) => rank === 4;

/** Steps that any value `[rows, ...places, channels]` can take. */
const steps: Readonly<Record<string, Step>> = {
  factor: (value, draw) => value.mul(draw.factors(channelsOf(value))),
  divisor: (value, draw) => value.div(tf.scalar(0.5 + draw.below(3))),
  offset: (value, draw) => value.add(draw.tensor([channelsOf(value)])),
  less: (value, draw) => value.sub(draw.tensor([channelsOf(value)])),
  relu: (value) => tf.relu(value),
  leaky: (value) => tf.leakyRelu(value, 0.1),
  tanh: (value) => tf.tanh(value),
  softmax: (value) => tf.softmax(value),
  gate: (value) => value.mul(tf.sigmoid(value)),
  halves: (value) => {
    if (channelsOf(value) % 2 === 1) return value;
    const [first, second] = tf.split(value, 2, -1);
    return tf.concat([second, first], -1);
  },
  reverse: (value) => value.reverse(-1),
  part: (value) => {
    const begin = value.shape.map(() => 0);
    const size = [...value.shape];
    if (channelsOf(value) > 2) {
      begin[value.rank - 1] = 1;
      size[value.rank - 1] = channelsOf(value) - 1;
    }
    return value.slice(begin, size);
  },
  twice: (value) => tf.concat([value, value], -1),
  stacked: (value, draw) => tf.stack([value, value.mul(draw.factors(channelsOf(value)))], 1).sum(1),
  clipped: (value, draw) => tf.maximum(value, draw.tensor([channelsOf(value)])),
  product: (value, draw) => {
    const channels = channelsOf(value);
    if (isImage(value)) {
      return tf.conv2d(
        value as tf.Tensor4D,
        draw.tensor([3, 3, channels, 4]) as tf.Tensor4D,
        1,
        "same",
      );
    }
    return tf.matMul(value as tf.Tensor2D, draw.tensor([channels, 4]) as tf.Tensor2D);
  },
  pool: (value, draw) => {
    if (!isImage(value)) return value;
    const pool = draw.below(2) === 0 ? tf.maxPool : tf.avgPool;
    return pool(value as tf.Tensor4D, 2, 1, "same");
  },
  depthwise: (value, draw) =>
    isImage(value)
      ? tf.depthwiseConv2d(
        value as tf.Tensor4D,
        draw.tensor([2, 2, channelsOf(value), 2]) as tf.Tensor4D,
        1,
        "same",
      )
      : value,
  padded: (value) =>
    value.pad(value.shape.map((_, axis) => axis === value.rank - 1 ? [1, 0] : [0, 0])),
  flat: (value) => value.reshape([value.shape[0], -1]),
  mean: (value) => isImage(value) ? value.mean([1, 2]) : value,
};

const names = Object.keys(steps);

/** A network of random operations, with values that several others read. */
export function randomNetwork(seed: number): OfRows {
  return (x) =>
    tf.tidy(() => {
      const draw = new Draws(seed);
      const values = [steps.product(x, draw)];
      const count = 4 + draw.below(12);
      for (let step = 0; step < count; step++) {
        // Mostly the last value, so that networks are deep.
        const value = values[draw.below(3) === 0 ? draw.below(values.length) : values.length - 1];
        const others = values.filter((each) =>
          each !== value && each.shape.join() === value.shape.join()
        );
        const next = others.length > 0 && draw.below(3) === 0
          ? stitched(value, others[draw.below(others.length)], draw)
          : steps[names[draw.below(names.length)]](value, draw);
        // Repeated doubling of channels would grow without end.
        if (next.size / x.shape[0] <= 2000) values.push(next);
      }
      const read = values.slice(-2).map((value) => {
        const flat = steps.flat(value, draw);
        return tf.matMul(flat as tf.Tensor2D, draw.tensor([channelsOf(flat), 3]) as tf.Tensor2D);
      });
      return tf.addN(read);
    });
}

/** Two values, each with factors, added up. */
function stitched(first: tf.Tensor, second: tf.Tensor, draw: Draws): tf.Tensor {
  const [a, b] = [first, second].map((value) => value.mul(draw.factors(channelsOf(value))));
  return draw.below(4) === 0 ? a.sub(b) : a.add(b);
}
