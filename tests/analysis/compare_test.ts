import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import process from "node:process";
import { compare, fit, verdict } from "polytask";
import { testOnCpu } from "../_backends.ts";
import { smallModel, twoTasks } from "../_two_tasks.ts";

function near(actual: number, expected: number, tolerance: number): void {
  strictEqual(Math.abs(actual - expected) <= tolerance, true, `${actual} is not ${expected}`);
}

Deno.test("compare: differences are paired by seed", async () => {
  const order: string[] = [];
  const comparison = await compare({
    seeds: [1, 2, 3],
    variants: {
      plain: (seed) => ({ accuracy: 10 * seed, loss: 1 }),
      shared: (seed) => Promise.resolve({ accuracy: 10 * seed + seed, loss: 1 }),
    },
    onRun: ({ variant, seed, done, total }) =>
      void order.push(`${variant} ${seed} ${done}/${total}`),
  });
  strictEqual(comparison.baseline, "plain");
  deepStrictEqual(comparison.runs.shared.accuracy, [11, 22, 33]);
  strictEqual(order[5], "shared 3 5/6");
  const [accuracy, loss] = comparison.differences();
  // Differences 1, 2, 3: mean 2, standard error 1 / sqrt 3, t(0.975, 2) = 4.3027 (table).
  strictEqual(accuracy.mean, 2);
  near(accuracy.upper - 2, 4.3027 / Math.sqrt(3), 1e-4);
  strictEqual(accuracy.higher, 3);
  deepStrictEqual([loss.mean, loss.lower, loss.upper, loss.higher], [0, 0, 0, 0]);
  const means = comparison.means();
  strictEqual(means.length, 4);
  strictEqual(means[0].mean, 20);
});

Deno.test("compare: refuses what cannot be compared", async () => {
  const one = () => ({ accuracy: 1 });
  await rejects(compare({ seeds: [1], variants: { one } }), /two or more different seeds/);
  await rejects(compare({ seeds: [1, 1], variants: { one } }), /two or more different seeds/);
  await rejects(compare({ seeds: [1, 2], variants: {} }), /no variant/);
  await rejects(
    compare({ seeds: [1, 2], variants: { one }, baseline: "two" as "one" }),
    /"two" is not among/,
  );
  const other = () => ({ loss: 1 }) as unknown as { accuracy: number };
  await rejects(compare({ seeds: [1, 2], variants: { one, other } }), /gave the figures loss/);
});

/** Presses the stop button, as far as this process can tell. */
const interrupt = () => void process.emit("SIGINT");

Deno.test("compare: an interrupt between runs ends it with the seeds that are done", async () => {
  const before = process.listenerCount("SIGINT");
  const said: unknown[] = [];
  const warn = console.warn;
  console.warn = (text) => said.push(text);
  try {
    const comparison = await compare({
      seeds: [1, 2, 3, 4],
      variants: { plain: (seed) => ({ loss: seed }), shared: (seed) => ({ loss: 2 * seed }) },
      onRun: ({ done }) => void (done === 5 && interrupt()),
    });
    deepStrictEqual(comparison.seeds, [1, 2]);
    deepStrictEqual(comparison.runs, { plain: { loss: [1, 2] }, shared: { loss: [2, 4] } });
    deepStrictEqual([comparison.interrupted, comparison.seedsAsked], [true, 4]);
    deepStrictEqual(comparison.differences()[0].seeds, 2);
    match(`${said}`, /interrupted and holds 2 of 4 seeds/);
  } finally {
    console.warn = warn;
  }
  strictEqual(process.listenerCount("SIGINT"), before);
});

Deno.test("compare: Ctrl+C between trainings does not end the process", async () => {
  const program = `
    import { compare } from "polytask";
    const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
    const plain = async (seed) => (await pause(), { loss: seed });
    const onRun = ({ done }) => done === 3 && console.log("running");
    const { seeds } = await compare({ seeds: [1, 2, 3, 4], variants: { plain, other: plain }, onRun });
    console.log(JSON.stringify(seeds));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-read", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  let said = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (text.includes("running")) child.kill("SIGINT");
  }
  strictEqual((await child.status).code, 0);
  match(said, /^running\n\[1(?:,2)?\]\n$/);
});

testOnCpu(
  "compare: an interrupt in a training ends all trainings of the run, which does not count",
  async () => {
    const steps: number[] = [];
    const warn = console.warn;
    console.warn = () => {};
    const train = async (seed: number, observer: { step(): void } | false) => {
      const model = smallModel({ seed });
      const history = await fit(model, twoTasks(), { seed, epochs: 2, batchSize: 24, observer });
      model.dispose();
      steps.push(history.steps.length);
      return { loss: history.last?.train.side.loss ?? NaN };
    };
    try {
      const { seeds, runs, interrupted } = await compare({
        seeds: [1, 2, 3],
        variants: {
          twice: async (seed) => {
            await train(seed, { step: () => void (seed === 2 && interrupt()) });
            return await train(seed, false);
          },
          once: (seed) => train(seed, false),
        },
      });
      deepStrictEqual([seeds, interrupted, runs.once.loss.length], [[1], true, 1]);
      // All of seed 1; with seed 2 one step, and none in the training after it.
      deepStrictEqual(steps, [4, 4, 4, 1, 0]);
    } finally {
      console.warn = warn;
    }
    // Whoever trains next is not interrupted.
    strictEqual((await train(1, false)).loss > 0, true);
  },
);

Deno.test("verdict: claims a difference only when the interval leaves out zero", () => {
  const gain = { variant: "shared", figure: "left", mean: 0.01, higher: 4, seeds: 5 };
  const points = { scale: 100, unit: "points" };
  match(
    verdict({ ...gain, lower: 0.002, upper: 0.018 }, points),
    /^left: shared is better, \+1\.00 points \(95 % interval \+0\.20 to \+1\.80; higher on 4 of 5/,
  );
  match(verdict({ ...gain, lower: -0.002, upper: 0.018 }), /no difference shown/);
  match(verdict({ ...gain, lower: 0.002, upper: 0.018 }, { higherIsBetter: false }), /worse/);
  match(verdict({ ...gain, mean: -1, lower: -2, upper: -0.5 }), /worse, −1\.00/);
  match(verdict({ ...gain, lower: NaN, upper: NaN }), /no difference shown/);
});
