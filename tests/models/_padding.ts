import { ok, strictEqual } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { type MultiTaskModel, Random } from "polytask";
import { passesOf } from "../../lib/models/graph/mod.ts";

/**
 * Every part that keeps the words of the texts `x` of indices, heads apart, is 0 where a text has
 * ended, and not 0 everywhere, in training and afterwards.
 */
export async function checkPadding(model: MultiTaskModel, x: tf.Tensor): Promise<void> {
  const graph = model.graph()!;
  const indices = await x.data();
  for (const training of [false, true]) {
    const values = tf.tidy(() => {
      const context = { training, random: new Random(1), progress: 0.5 };
      const [pass] = passesOf(graph, { x }, model.taskNames, context);
      return graph.parts.filter(({ shape, kind }) => shape.length === 2 && kind !== "head")
        .map(({ id }) => [id, tf.clone(pass.value(id))] as const);
    });
    for (const [id, tensor] of values) {
      const numbers = await tensor.data();
      const units = numbers.length / indices.length;
      ok(numbers.some((number) => number !== 0), `${id} is 0 everywhere`);
      numbers.forEach((number, at) => {
        if (indices[Math.floor(at / units)] === 0) strictEqual(Math.abs(number), 0, id);
      });
      tensor.dispose();
    }
  }
}
