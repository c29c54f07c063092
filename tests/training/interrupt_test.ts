import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fit } from "polytask";
import { testOnCpu } from "../_backends.ts";
import { smallModel, twoTasks, weightsOf } from "../_two_tasks.ts";

const program = `
import { fit } from "polytask";
import { smallModel, twoTasks } from "${new URL("../_two_tasks.ts", import.meta.url)}";
const model = smallModel();
const train = twoTasks();
const options = { batchSize: 4, epochs: 1e6 };
const say = (history) => console.log(JSON.stringify({
  stopped: history.stopped,
  steps: history.steps.length,
  finite: Object.values(history.steps.at(-1).losses).every(Number.isFinite),
}));
say(await fit(model, train, { ...options, observer: { step: ({ step }) => {
  if (step === 3) console.log("training");
} } }));
// The process lives, and can train again.
say(await fit(model, train, { ...options, epochs: 1, observer: false }));
model.dispose();
`;

Deno.test("SIGINT ends fit at the next step with its history, and the process lives", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--ext=ts", "-"],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  let said = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const waiting = !said.includes("training");
    said += text;
    if (waiting && said.includes("training")) child.kill("SIGINT");
  }
  strictEqual((await child.status).code, 0);
  const [interrupted, finished] = said.split("\n").filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  strictEqual(interrupted.stopped, "interrupted");
  ok(interrupted.steps >= 3 && interrupted.finite);
  deepStrictEqual(finished, { stopped: "finished", steps: 12, finite: true });
});

testOnCpu("a signal ends fit at the next step, with the weights and the history", async () => {
  const controller = new AbortController();
  const model = smallModel();
  let last: Record<string, number[]> = {};
  const ended: string[] = [];
  const history = await fit(model, twoTasks(), {
    epochs: 3,
    batchSize: 16,
    signal: controller.signal,
    observer: {
      async step({ step }) {
        if (step < 5) return;
        controller.abort();
        last = await weightsOf(model);
      },
      end: ({ stopped }) => void ended.push(stopped),
    },
  });
  deepStrictEqual([history.stopped, history.steps.length, history.epochs.length], [
    "interrupted",
    5,
    1,
  ]);
  deepStrictEqual(await weightsOf(model), last);
  deepStrictEqual(ended, ["interrupted"]);
  model.dispose();
});

testOnCpu("a signal that fell before lets no step be made", async () => {
  const model = smallModel();
  const history = await fit(model, twoTasks(), {
    epochs: 1,
    signal: AbortSignal.abort(),
    observer: false,
  });
  deepStrictEqual([history.stopped, history.steps.length], ["interrupted", 0]);
  model.dispose();
});

testOnCpu("fit leaves no listener behind, also when it fails", async () => {
  const before = process.listenerCount("SIGINT");
  const during: number[] = [];
  const model = smallModel();
  const observer = {
    step() {
      during.push(process.listenerCount("SIGINT"));
      throw new Error("mine");
    },
  };
  await fit(model, twoTasks(), { epochs: 1, observer }).catch(() => {});
  deepStrictEqual(during, [before + 1]);
  strictEqual(process.listenerCount("SIGINT"), before);
  model.dispose();
});
