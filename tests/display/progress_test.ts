import assert from "node:assert/strict";
import type { MimeBundle } from "../../lib/display/mod.ts";
import { LiveOutput, type LiveSink } from "../../lib/display/_live.ts";
import { formatDuration, ProgressBar } from "../../lib/display/progress.ts";
import { assertNoLeaks, assertWellFormed } from "./_markup_check.ts";

/** A sink that remembers what was written, and a clock that only moves when told. */
function recorder(settings: Partial<LiveSink> = {}) {
  const written: { bundle: MimeBundle; final: boolean }[] = [];
  const clock = { now: 0 };
  const sink: LiveSink = {
    interval: 250,
    delay: 0,
    write: (bundle, final) => void written.push({ bundle, final }),
    ...settings,
  };
  const texts = () => written.map(({ bundle }) => bundle["text/plain"]);
  return { written, texts, clock, output: new LiveOutput(sink, () => clock.now) };
}

Deno.test("a bar writes at most four times a second, and always its last state", async () => {
  const { written, texts, clock, output } = recorder();
  const bar = new ProgressBar({ total: 200, label: "sweep" }, output);
  for (let step = 1; step <= 200; step++) {
    clock.now = step * 10;
    await bar.update(step, `loss ${step}`);
  }
  await bar.done();
  assert.equal(written.length, 1 + 7 + 1, "first, one every 250 ms, last");
  assert.equal(texts()[1], "sweep: 26 of 200 (13 %), 0.3 s, loss 26");
  assert.equal(texts()[3], "sweep: 76 of 200 (38 %), 0.8 s, about 1.2 s left, loss 76");
  assert.equal(texts().at(-1), "sweep: 200 of 200 in 2.0 s, loss 200");
  assert.deepEqual(written.map(({ final }) => final), [...Array(8).fill(false), true]);
});

Deno.test("a bar that ends early says so, and done counts once", async () => {
  const { texts, clock, output } = recorder();
  const bar = new ProgressBar({ total: 10 }, output);
  await bar.update(4);
  clock.now = 61_000;
  await bar.done("no more data");
  await bar.done();
  await bar.update(5);
  assert.deepEqual(texts(), [
    "4 of 10 (40 %), 0.0 s",
    "stopped at 4 of 10 after 1:01, no more data",
  ]);
});

Deno.test("the HTML form is a progress bar for screen readers too", async () => {
  const { written, clock, output } = recorder({ interval: 0 });
  const bar = new ProgressBar({ total: 3, label: `<b>"&` }, output);
  clock.now = 500;
  await bar.update(1, "<i>note</i>");
  await bar.update(7);
  for (const { bundle } of written) {
    assertWellFormed(bundle["text/html"]!);
    assertNoLeaks(bundle["text/html"]!);
  }
  const [first, beyond] = written.map(({ bundle }) => bundle["text/html"]!);
  assert.match(first, /role="progressbar" aria-label="&lt;b&gt;&quot;&amp;"/);
  assert.match(
    first,
    /aria-valuemin="0" aria-valuemax="3" aria-valuenow="1" aria-valuetext="[^"]+"/,
  );
  assert.match(first, /width:33\.3%/);
  assert.match(beyond, /aria-valuenow="3"/);
  assert.match(beyond, /width:100\.0%/);
});

Deno.test("the last state comes after a slow one that is still being written", async () => {
  const order: string[] = [];
  const slow: LiveSink = {
    interval: 0,
    delay: 0,
    async write(bundle) {
      const text = bundle["text/plain"];
      await new Promise((resolve) => setTimeout(resolve, text.startsWith("1 ") ? 20 : 0));
      order.push(text.slice(0, 6));
    },
  };
  const bar = new ProgressBar({ total: 2 }, new LiveOutput(slow, () => 0));
  const first = bar.update(1); // not awaited: a caller may forget
  await bar.update(2);
  await bar.done();
  await first;
  assert.deepEqual(order, ["1 of 2", "2 of 2"]);
});

Deno.test("short work leaves no line in a log, long work one every few seconds", async () => {
  const short = recorder({ interval: 5000, delay: 5000 });
  const quick = new ProgressBar({ total: 2 }, short.output);
  short.clock.now = 4000;
  await quick.update(1);
  await quick.done();
  assert.deepEqual(short.texts(), []);
  const long = recorder({ interval: 5000, delay: 5000 });
  const bar = new ProgressBar({ total: 20 }, long.output);
  for (let second = 1; second <= 20; second++) {
    long.clock.now = second * 1000;
    await bar.update(second);
  }
  await bar.done();
  assert.deepEqual(long.texts().map((text) => text.slice(0, 8)), [
    "5 of 20 ",
    "10 of 20",
    "15 of 20",
    "20 of 20",
    "20 of 20",
  ]);
});

Deno.test("await using ends a bar", async () => {
  const { texts, output } = recorder();
  {
    await using bar = new ProgressBar({ total: 1 }, output);
    await bar.update(1);
  }
  assert.equal(texts().at(-1), "1 of 1 in 0.0 s");
});

Deno.test("a total must be a number from 0", () => {
  assert.throws(() => new ProgressBar({ total: NaN }), /at least 0 but found NaN/);
  assert.throws(() => new ProgressBar({ total: -1 }), /found -1/);
});

Deno.test("durations read well", () => {
  const shown = [0, 840, 9_960, 59_600, 185_000, 3_723_000].map(formatDuration);
  assert.deepEqual(shown, ["0.0 s", "0.8 s", "10 s", "1:00", "3:05", "1:02:03"]);
});
