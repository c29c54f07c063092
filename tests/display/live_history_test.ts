import assert from "node:assert/strict";
import {
  historyChart,
  historyTable,
  type MimeBundle,
  plotlyMimeType,
} from "../../lib/display/mod.ts";
import { LiveOutput } from "../../lib/display/_live.ts";
import { LiveHistory } from "../../lib/display/live_history.ts";
import { type EpochRecord, History } from "../../lib/training/history.ts";
import { assertNoLeaks, assertWellFormed, textContent } from "./_markup_check.ts";

const tasks = [`left "<1>"`, "right"];

function record(epoch: number): EpochRecord {
  const figures = (loss: number, accuracy: number) => ({ loss, accuracy });
  return {
    epoch,
    step: epoch * 100,
    seconds: epoch * 2,
    learningRate: 0.001,
    train: { [tasks[0]]: { loss: 1 / epoch }, [tasks[1]]: { loss: 2 / epoch } },
    validation: {
      [tasks[0]]: figures(1.1 / epoch, 1 - 0.4 / epoch),
      [tasks[1]]: figures(2.1 / epoch, 1 - 0.5 / epoch),
    },
  };
}

function history(stopped: History["stopped"], epochs = 3, bestEpoch?: number): History {
  return new History({
    run: { seed: 7, configuration: {}, versions: {}, backend: "cpu", startedAt: "" },
    tasks,
    epochs: Array.from({ length: epochs }, (_, i) => record(i + 1)),
    steps: [],
    stopped,
    bestEpoch,
  });
}

/** Trains nothing, but tells an observer as training would; gives all that it wrote. */
async function watch(epochs: number, stepsPerEpoch: number, stopped: History["stopped"]) {
  const written: MimeBundle[] = [];
  let now = 0;
  const sink = { interval: 0, delay: 0, write: (bundle: MimeBundle) => void written.push(bundle) };
  const live = new LiveHistory(new LiveOutput(sink, () => now));
  await live.start({ tasks, epochs, stepsPerEpoch, stepsDone: 0 });
  for (let step = 1; step <= epochs * stepsPerEpoch; step++) {
    now += 10;
    // Only one of the tasks has labels in each batch.
    await live.step({
      epoch: Math.ceil(step / stepsPerEpoch),
      step,
      totalSteps: epochs * stepsPerEpoch,
      losses: { [tasks[step % 2]]: 1 / step },
      seconds: now / 1000,
    });
    if (step % stepsPerEpoch === 0) await live.epoch(record(step / stepsPerEpoch));
  }
  await live.end(history(stopped, epochs));
  return written;
}

Deno.test("live curves are well-formed at every step and stay small", async () => {
  const written = await watch(3, 300, "finished");
  for (const bundle of written) {
    const html = bundle["text/html"]!;
    assertWellFormed(html);
    assertNoLeaks(html);
    assert.ok(html.length < 40_000, `${html.length} characters`);
  }
  const [first] = written, late = written.at(-2)!["text/html"]!;
  assert.match(first["text/plain"], /^epoch 1 of 3, step: 0 of 900/);
  assert.match(late, /role="progressbar"/);
  assert.match(late, /role="img" aria-label="[^"]*loss by epoch/);
  assert.match(textContent(late), /left "<1>", train/);
});

Deno.test("at the end only the bar and the last figures remain", async () => {
  const last = (await watch(2, 4, "finished")).at(-1)!;
  assert.ok(!last["text/html"]!.includes("<svg"));
  assert.match(last["text/plain"], /training steps: 8 of 8 in 0\.1 s, left .* accuracy 0\.8/);
  const stopped = (await watch(2, 4, "interrupted")).at(-1)!;
  assert.match(stopped["text/plain"], /interrupted; left/);
});

Deno.test("a history shows curves with the task's own colour, and what was reached", () => {
  const chart = historyChart(history("early stopping", 3, 2));
  assert.match(chart.figure.note!, /3 epochs, 300 steps in 6\.0 s, backend cpu, seed 7/);
  assert.match(chart.figure.note!, /ended by early stopping, weights of epoch 2 kept/);
  assert.deepEqual(chart.figure.panels.map((panel) => panel.title), ["loss", "accuracy"]);
  const lines = chart.bundle()[plotlyMimeType]!.data as { name: string; line: { color: string } }[];
  const colours = (word: string) =>
    new Set(lines.filter(({ name }) => name.startsWith(word)).map(({ line }) => line.color));
  assert.equal(colours("left").size, 1);
  assert.notDeepEqual(colours("left"), colours("right"));
  assertWellFormed(chart.bundle()["text/html"]!);
});

Deno.test("the table of a history is that of the epoch whose weights were kept", () => {
  const text = historyTable(history("early stopping", 3, 2)).text();
  assert.match(text, /^After epoch 2, on validation data\ntask +training loss +loss +accuracy\n/);
  assert.match(text, /right +1\.000 +1\.050 +0\.7500/);
  assert.match(historyTable(history("finished")).text(), /^After epoch 3, on/);
  assert.match(historyTable(history("interrupted", 0)).text(), /No epoch was finished/);
});
