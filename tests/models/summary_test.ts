import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import {
  binary,
  encoders,
  hardSharing,
  MultiTaskModel,
  regression,
  singleTask,
  summary,
  summaryTable,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";

const tasks = [binary("rain"), regression("wind")] as const;

testOnBackends("a summary counts parameters and operations by hand", async () => {
  const model = hardSharing({ encoder: encoders.mlp({ units: [8] }), tasks, split: { wind: 0 } })
    .build({ inputs: { weather: [5] } });
  const { rows, total, byTask } = await summary(model);
  // A product, the bias, and a ReLU; a head without.
  const dense = 2 * 5 * 8 + 8 + 8, head = 2 * 8 + 1;
  deepStrictEqual(
    rows.map(({ part, parameters, flops, tasks }) => [part, parameters, flops, tasks]),
    [
      ["input weather", 0, 0, ["rain", "wind"]],
      ["shared/dense 1", 48, dense, ["rain"]],
      ["rain/rain", 9, head, ["rain"]],
      ["wind/dense 1", 48, dense, ["wind"]],
      ["wind/wind", 9, head, ["wind"]],
    ],
  );
  deepStrictEqual(total, { parameters: 114, flops: 2 * (dense + head) });
  deepStrictEqual(byTask.rain, { parameters: 57, flops: dense + head });
  model.dispose();
});

testOnCpu("convolutions and poolings are counted", async () => {
  const model = singleTask({ encoder: encoders.leNet(), tasks: [binary("rain")] })
    .build({ inputs: { image: [36, 36, 1] } });
  const { rows } = await summary(model);
  // 32 x 32 places, 10 filters of 5 x 5; bias; windows of 2 x 2 on 16 x 16; ReLU.
  const convolution = 2 * 32 * 32 * 10 * 25 + 32 * 32 * 10;
  strictEqual(rows[1].flops, convolution + 16 * 16 * 10 * 4 + 16 * 16 * 10);
  model.dispose();
});

testOnCpu("with stems a part serves the tasks that read it", async () => {
  const model = hardSharing({
    stems: { a: encoders.mlp({ units: [4] }), b: encoders.mlp({ units: [4] }) },
    encoder: encoders.mlp({ units: [3] }),
    tasks,
    reads: { rain: "a", wind: "b" },
  }).build({ inputs: { a: [2], b: [3] } });
  const { rows } = await summary(model);
  deepStrictEqual(rows.map(({ part, tasks }) => [part, tasks]), [
    ["input a", ["rain"]],
    ["stem a/dense 1", ["rain"]],
    ["input b", ["wind"]],
    ["stem b/dense 1", ["wind"]],
    ["shared/dense 1", ["rain", "wind"]],
    ["rain/rain", ["rain"]],
    ["wind/wind", ["wind"]],
  ]);
  model.dispose();
});

testOnCpu("a summary is shown as a table", async () => {
  const model = hardSharing({ encoder: encoders.mlp({ units: [8] }), tasks })
    .build({ inputs: { weather: [5] } });
  const text = `${summaryTable(await summary(model))}`;
  for (const words of ["dense 1", "rain (rain)", "the whole model", "what one task sees", "66"]) {
    strictEqual(text.includes(words), true, `${words} in ${text}`);
  }
  model.dispose();
});

testOnCpu("an architecture without parts has no summary", async () => {
  const plain = new MultiTaskModel({
    name: "plain",
    configuration: {},
    build: () => ({ parts: [], forward: () => ({ outputs: {} }) }),
  }, [binary("a")]).build({ inputs: { x: [1] } });
  await rejects(summary(plain), /"plain" is not made of parts/);
  plain.dispose();
});
