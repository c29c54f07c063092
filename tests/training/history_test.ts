import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { fit, History } from "polytask";
import { testOnCpu } from "../_backends.ts";
import { smallModel, twoTasks } from "../_two_tasks.ts";

testOnCpu("a history comes back from JSON as it was", async () => {
  const model = smallModel();
  const history = await fit(model, twoTasks({ size: 12 }), {
    epochs: 2,
    batchSize: 4,
    validation: twoTasks({ size: 6, seed: 2 }),
    gramianEvery: 2,
    observer: false,
  });
  model.dispose();
  const again = History.fromJSON(JSON.parse(JSON.stringify(history)));
  ok(again instanceof History);
  deepStrictEqual(again.epochs, history.epochs);
  deepStrictEqual(again.steps, history.steps);
  deepStrictEqual(again.tasks, ["side", "height"]);
  deepStrictEqual(again.last, history.epochs[1]);
  strictEqual(again.stopped, "finished");
  strictEqual(JSON.stringify(again), JSON.stringify(history));
});

testOnCpu("figures that are not numbers survive JSON", () => {
  const history = new History({
    run: {
      seed: 1,
      configuration: { clipNorm: null },
      versions: {},
      backend: "cpu",
      startedAt: "",
    },
    tasks: ["a"],
    epochs: [{
      epoch: 1,
      step: 2,
      seconds: 3,
      learningRate: 0.1,
      train: { a: { loss: NaN } },
      validation: { a: { loss: 1, r2: NaN } },
    }],
    steps: [{ step: 1, epoch: 1, losses: { a: 2 }, notes: ["stationary"], gramian: [[NaN]] }],
    stopped: "finished",
  });
  const again = History.fromJSON(JSON.parse(JSON.stringify(history)));
  deepStrictEqual(again.epochs, history.epochs);
  deepStrictEqual(again.steps, history.steps);
  strictEqual(again.run.configuration.clipNorm, null);
});

Deno.test("a history without an epoch has no last one", () => {
  const run = { seed: 1, configuration: {}, versions: {}, backend: "cpu", startedAt: "" };
  const history = new History({ run, tasks: [], epochs: [], steps: [], stopped: "interrupted" });
  strictEqual(history.last, undefined);
});

Deno.test("something else than a history is refused", () => {
  for (const value of [null, 3, {}, { format: "polytask history", version: 2 }, "text"]) {
    throws(() => History.fromJSON(value), /not a history that polytask saved/);
  }
});
