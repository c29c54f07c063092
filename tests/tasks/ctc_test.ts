import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import { ctc, ctcDecode, Random } from "polytask";
import oracle from "../oracles/losses_torch.json" with { type: "json" };
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { checkLossGradient, lossesOf } from "./_row_losses.ts";

const symbolsOf = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
const padded = (texts: readonly (readonly number[])[], length: number) =>
  tf.tensor2d(
    texts.map((text) => [...text, ...new Array(length - text.length).fill(-1)]),
    [texts.length, length],
    "int32",
  );

/** -log of the sum over all paths of their probability, by listing them. */
function listed(logits: readonly (readonly number[])[], text: readonly number[]): number {
  const classes = logits[0].length;
  const chances = logits.map((row) => {
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    return row.map((logit) => Math.exp(logit) / sum);
  });
  let total = 0;
  for (let path = 0; path < classes ** logits.length; path++) {
    let [rest, chance, before] = [path, 1, classes - 1];
    const found: number[] = [];
    for (const row of chances) {
      const symbol = rest % classes;
      rest = Math.floor(rest / classes);
      chance *= row[symbol];
      if (symbol !== before && symbol !== classes - 1) found.push(symbol);
      before = symbol;
    }
    if (found.join() === text.join()) total += chance;
  }
  return -Math.log(total);
}

/** Central differences of the listed loss, in float64. */
function slope(logits: readonly (readonly number[])[], text: readonly number[]): number[] {
  return logits.flatMap((row, frame) =>
    row.map((_, symbol) => {
      const moved = (by: number) =>
        listed(
          logits.map((line, t) => line.map((z, k) => t === frame && k === symbol ? z + by : z)),
          text,
        );
      return (moved(1e-4) - moved(-1e-4)) / 2e-4;
    })
  );
}

testOnBackends("CTC sums over all paths, with the gradient of float64 differences", async () => {
  const random = new Random(11);
  const texts = [[0, 1], [1, 1], [0], [], [1, 0, 1]];
  const logits = texts.map(() =>
    Array.from({ length: 5 }, () => Array.from({ length: 3 }, () => 2 * random.normal()))
  );
  const task = ctc("text", { symbols: ["a", "b"] });
  const [output, target] = [tf.tensor3d(logits), padded(texts, 4)];
  const { losses, gradient } = await lossesOf(task, output, target);
  near(losses, texts.map((text, row) => listed(logits[row], text)), 1e-5);
  near(gradient, texts.flatMap((text, row) => slope(logits[row], text)), 1e-5);
  tf.dispose([output, target]);
});

testOnBackends("CTC losses and gradients are those of PyTorch", async () => {
  for (const { name, classes, texts, logits, losses, gradient } of oracle.ctc) {
    const task = ctc("text", { symbols: symbolsOf(classes - 1) });
    const [output, target] = [tf.tensor3d(logits), padded(texts, 8)];
    const found = await lossesOf(task, output, target);
    near(found.losses, losses, 1e-5, name);
    near(found.gradient, gradient, 2e-5, name);
    tf.dispose([output, target]);
  }
});

testOnBackends("CTC gives the published losses of two small cases", async () => {
  // Probabilities of six classes in five frames and their losses, from the tests of TensorFlow's
  // ctc_loss (the last class is the blank).
  const first = [
    [0.633766, 0.221185, 0.0917319, 0.0129757, 0.0142857, 0.0260553],
    [0.111121, 0.588392, 0.278779, 0.0055756, 0.00569609, 0.010436],
    [0.0357786, 0.633813, 0.321418, 0.00249248, 0.00272882, 0.0037688],
    [0.0663296, 0.643849, 0.280111, 0.00283995, 0.0035545, 0.00331533],
    [0.458235, 0.396634, 0.123377, 0.00648837, 0.00903441, 0.00623107],
  ];
  const second = [
    [0.30176, 0.28562, 0.0831517, 0.0862751, 0.0816851, 0.161508],
    [0.24082, 0.397533, 0.0557226, 0.0546814, 0.0557528, 0.19549],
    [0.230246, 0.450868, 0.0389607, 0.038309, 0.0391602, 0.202456],
    [0.280884, 0.429522, 0.0326593, 0.0339046, 0.0326856, 0.190345],
    [0.423286, 0.315517, 0.0338439, 0.0393744, 0.0339315, 0.154046],
  ];
  const task = ctc("text", { symbols: symbolsOf(5) });
  const output = tf.tensor3d([first, second].map((rows) => rows.map((row) => row.map(Math.log))));
  const target = padded([[0, 1, 2, 1, 0], [0, 1, 1, 0]], 5);
  const { losses, gradient } = await lossesOf(task, output, target);
  near(losses, [3.34211, 5.42262], 2e-5);
  // Published gradients of the first and the last class in the first frame.
  near([gradient[0], gradient[5]], [-0.366234, 0.0260553], 2e-6);
  near([gradient[30], gradient[35]], [-0.69824, 0.161508], 2e-6);
  tf.dispose([output, target]);
});

testOnBackends("too few frames cost everything and teach nothing", async () => {
  const task = ctc("text", { symbols: ["a", "b"] });
  const output = tf.tensor3d([[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]]]);
  const target = padded([[0, 0], [0, 1]], 3);
  const { losses, gradient } = await lossesOf(task, output, target);
  strictEqual(losses[0], Infinity);
  ok(losses[1] > 0 && losses[1] < 5);
  deepStrictEqual(gradient.slice(0, 6).map(Math.abs), new Array(6).fill(0));
  tf.dispose([output, target]);
});

testOnBackends("extreme logits and long rows stay finite", async () => {
  const task = ctc("text", { symbols: ["a", "b"] });
  const random = new Random(2);
  const logits = Array.from(
    { length: 2 },
    (_, row) =>
      Array.from(
        { length: 60 },
        () => Array.from({ length: 3 }, () => (row === 0 ? 200 : 1) * random.normal()),
      ),
  );
  const [output, target] = [tf.tensor3d(logits), padded([[0, 1, 0], [1, 1, 1]], 3)];
  const { losses, gradient } = await lossesOf(task, output, target);
  ok(losses.every((loss) => Number.isFinite(loss) && loss > 0), `${losses}`);
  ok(gradient.every(Number.isFinite));
  // At each frame the chances given the text sum to one, as those of the softmax do.
  for (let at = 0; at < gradient.length; at += 3) {
    ok(Math.abs(gradient[at] + gradient[at + 1] + gradient[at + 2]) < 1e-3);
  }
  tf.dispose([output, target]);
});

testOnBackends("the gradient of CTC agrees with finite differences", async () => {
  const target = padded([[0, 1, 1], [2]], 4);
  await checkLossGradient(ctc("text", { symbols: ["a", "b", "c"] }), [2, 7, 4], target);
  target.dispose();
});

testOnCpu("decoding merges repeats, then drops blanks", () => {
  const path = [2, 0, 0, 2, 0, 1, 1, 2];
  const output = path.flatMap((symbol) => [0, 1, 2].map((k) => Number(k === symbol)));
  deepStrictEqual(ctcDecode(output, { classes: 3, rows: 1 }), [[0, 0, 1]]);
});

testOnCpu("character and word error rates worked by hand", () => {
  const { metrics } = ctc("text", { symbols: ["a", "b", " "] });
  // Found "ab a" and "", true "ab b" and "a": 1 + 1 edits in 5 letters, 1 + 1 in 3 words.
  const frames = [0, 1, 2, 0, 3, 3, 3, 3];
  const output = frames.flatMap((symbol) => [0, 1, 2, 3].map((k) => Number(k === symbol)));
  const target = [0, 1, 2, 1, 0, -1, -1, -1];
  const figures = metrics.map((metric) => {
    const accumulator = metric.start();
    accumulator.update({ output, target, rows: 2 });
    accumulator.update({ output, target, mask: [0, 0], rows: 2 });
    return accumulator.result();
  });
  near(figures, [2 / 5, 2 / 3]);
});

Deno.test("settings and targets that make no text get a sentence", () => {
  throws(() => ctc("text", { symbols: [] }), /"text".*at least one symbol/);
  throws(() => ctc("text", { symbols: ["a", "a"] }), /each once/);
  const task = ctc("text", { symbols: ["a", "b"] });
  ok(task.checkTarget([0, 1, -1, 1, -1, -1], [3]) === undefined);
  ok(task.checkTarget([0, 2], [2])!.includes("from 0 to 1"));
  ok(task.checkTarget([0, -1, 1], [3])!.includes("row 0 has a symbol behind its end"));
  ok(task.checkTarget([0], [])!.includes("shape [length]"));
});
