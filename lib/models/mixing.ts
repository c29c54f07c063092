import * as tf from "@tensorflow/tfjs";
import { type Mixing, passesOf } from "./graph/mod.ts";
import type { ForwardContext } from "./layers/mod.ts";
import type { MultiTaskModel } from "./model.ts";

/** How strongly one stitch or gate takes what it mixes. */
export interface MixingReading {
  /** Id of the part in the model's structure. */
  readonly part: string;
  /** Name of the part in the picture. */
  readonly label: string;
  /** `"shared"`, or the task that the part belongs to. */
  readonly owner: string;
  /** What is mixed, in the order of the weights: labels of the parts, or names given by the architecture. */
  readonly of: readonly string[];
  /** Whose each of them is: `"shared"` or a task; `""` where it is not a part of its own. */
  readonly owners: readonly string[];
  /** One weight for each of `of`: means over channels and examples. */
  readonly weights: readonly number[];
  /** Standard deviation of each weight over channels or examples; 0 where there is one. */
  readonly spread: readonly number[];
}

/**
 * The weights of all stitches and gates of a model on some examples, in the order of its parts. Empty
 * for architectures that mix nothing.
 *
 * @param inputs By name, `[examples, ...shape]`. They are kept.
 */
export async function readMixing(
  model: MultiTaskModel,
  inputs: Readonly<Record<string, tf.Tensor>>,
): Promise<MixingReading[]> {
  const graph = model.graph();
  if (!graph) return [];
  const parts = graph.parts.filter(({ mixing }) => mixing);
  const known = new Map(graph.parts.map((part) => [part.id, part]));
  const context = { training: false };
  const statistics = tf.tidy(() => {
    const passes = passesOf(graph, inputs, model.taskNames, context);
    return passes.flatMap((pass) =>
      parts.map((part) => statisticsOf(part.mixing!, pass.inputsOf(part), context))
    );
  });
  try {
    return await Promise.all(statistics.map(async (tensor, at) => {
      const { id, label, owner, mixing } = parts[at % parts.length];
      const values = Array.from(await tensor.data());
      const count = mixing!.of.length;
      return {
        part: id,
        label,
        owner,
        of: mixing!.of.map((name) => known.get(name)?.label ?? name),
        owners: mixing!.of.map((name) => known.get(name)?.owner ?? ""),
        weights: values.slice(0, count),
        spread: values.slice(count),
      };
    }));
  } finally {
    tf.dispose(statistics);
  }
}

/** Mean and standard deviation of each weight, `[2, of]`. */
function statisticsOf(
  { of, perExample = false, weights }: Mixing,
  inputs: readonly tf.Tensor[],
  context: ForwardContext,
): tf.Tensor {
  const found = weights(inputs, context);
  // One row for each thing that is mixed.
  const rows = perExample ? found.transpose() : found.reshape([of.length, -1]);
  const { mean, variance } = tf.moments(rows, 1);
  return tf.stack([mean, variance.sqrt()]);
}
