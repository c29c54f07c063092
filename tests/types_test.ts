/** What must and must not compile. The functions are for the compiler and never called. */
import { match, ok, strictEqual } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  adversarialSharedPrivate,
  aitm,
  binary,
  box,
  cgc,
  classification,
  crossStitch,
  ctc,
  depth,
  dselectK,
  encoders,
  esmm,
  evaluate,
  fit,
  hardSharing,
  learnedBranching,
  loadModel,
  mmoe,
  mtan,
  multiLabel,
  MultiTaskDataset,
  nddr,
  omoe,
  ordinal,
  ple,
  pooled,
  regression,
  segmentation,
  singleTask,
  sluice,
  softSharing,
  tagging,
  taskTree,
} from "polytask";
import type * as tf from "@tensorflow/tfjs";

const column = { values: new Float32Array(2), shape: [] };

const model = () =>
  hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: [
      classification("digit", { classes: 10 }),
      regression("slant"),
      binary("even"),
      multiLabel("marks", { count: 2 }),
    ],
  });

const dataset = () =>
  MultiTaskDataset.from({
    inputs: { image: column },
    targets: { digit: column, slant: column, even: column, marks: column },
  });

/** Compiles only for exactly the same types. */
type Same<First, Second> = (<T>() => T extends First ? 1 : 2) extends
  (<T>() => T extends Second ? 1 : 2) ? true : false;

export function outputsKnowTheTasks(inputs: Record<string, tf.Tensor>): void {
  const outputs = model().outputs(inputs);
  const digit: tf.Tensor = outputs.digit;
  digit.dispose();
  // @ts-expect-error There is no task of this name.
  outputs.digti;
  const names: Same<keyof typeof outputs, "digit" | "slant" | "even" | "marks"> = true;
  ok(names);
}

export function modelsKnowTheTasks(): void {
  model().taskVariables("digit");
  // @ts-expect-error There is no task of this name.
  model().taskVariables("digti");
  const names: ("digit" | "slant" | "even" | "marks")[] = model().taskNames;
  ok(names);
}

export function mixturesAndFunnelsKnowTheTasks(inputs: Record<string, tf.Tensor>): void {
  const encoder = encoders.mlp({ units: [4] });
  const tasks = [binary("clicked"), binary("bought"), regression("stars")] as const;
  const models = [
    omoe({ encoder, tasks }),
    mmoe({ encoder, tasks, experts: { count: 8 } }),
    cgc({ encoder, tasks }),
    ple({ encoder, tasks, experts: { shared: 1 } }),
    dselectK({ encoder, tasks, selectors: 2 }),
    esmm({ encoder, tasks, funnel: ["clicked", "bought"] }),
    aitm({ encoder, tasks, funnel: ["clicked", "bought"] }),
    adversarialSharedPrivate({ encoder, tasks }),
    singleTask({ encoder, tasks }),
    pooled({ encoder, tasks }),
    softSharing({ encoder, tasks }),
    crossStitch({ encoder, tasks }),
    sluice({ encoder, tasks }),
    nddr({ encoder, tasks }),
    mtan({ encoder, tasks }),
    learnedBranching({ encoder, tasks }),
    hardSharing({ encoder, tasks, split: { stars: 0 } }),
    taskTree({ encoder, tasks, branches: [[["clicked", "bought"], ["stars"]]] }),
  ];
  for (const model of models) {
    const outputs = model.outputs(inputs);
    const names: Same<keyof typeof outputs, "clicked" | "bought" | "stars"> = true;
    ok(names);
  }
  // @ts-expect-error There is no task of this name.
  esmm({ encoder, tasks, funnel: ["clicked", "sold"] });
  // @ts-expect-error There is no task of this name.
  aitm({ encoder, tasks, funnel: ["clicked", "sold"] });
  // @ts-expect-error There is no task of this name.
  hardSharing({ encoder, tasks, split: { sold: 0 } });
  // @ts-expect-error There is no task of this name.
  taskTree({ encoder, tasks, branches: [[["clicked", "sold"], ["stars"]]] });
}

export async function figuresKnowTasksAndMetrics(): Promise<void> {
  const figures = await model().evaluate(dataset());
  const numbers: number[] = [
    figures.digit.loss,
    figures.digit.accuracy,
    figures.slant.rmse,
    figures.slant.mae,
    figures.slant.r2,
    figures.even.accuracy,
    figures.even.auc,
    figures.marks.accuracy,
  ];
  ok(numbers);
  // @ts-expect-error There is no task of this name.
  figures.digti;
  // @ts-expect-error A classification has no root mean squared error.
  figures.digit.rmse;
  // @ts-expect-error A regression has no accuracy.
  figures.slant.accuracy;
}

export async function figuresAreThoseAskedFor(): Promise<void> {
  const many = hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: [
      binary("even", { metrics: ["f1", "calibration"] }),
      classification("digit", { classes: 10, metrics: ["macroF1"] }),
    ],
  });
  const figures = await many.evaluate(dataset());
  const numbers: number[] = [figures.even.f1, figures.even.calibration, figures.digit.macroF1];
  ok(numbers);
  // @ts-expect-error This task shows other figures.
  figures.even.auc;
  // @ts-expect-error A task has no such figure.
  binary("odd", { metrics: ["rmse"] });
}

export async function everyKindOfTaskKnowsItsFigures(): Promise<void> {
  const many = hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: [
      ordinal("digit", { classes: 10 }),
      tagging("slant", { classes: 3, labels: ["O", "B-a", "I-a"], metrics: ["spanF1"] }),
      box("even"),
      ctc("marks", { symbols: ["a"] }),
      segmentation("parts", { classes: 2, height: 4, width: 4 }),
      depth("far", { height: 4, width: 4 }),
    ],
  });
  const six = dataset().deriveTarget("parts", "digit", Number).deriveTarget("far", "digit", Number);
  const { digit, slant, even, marks, parts, far } = await many.evaluate(six);
  const numbers: number[] = [
    digit.kappa,
    slant.spanF1,
    even.iou,
    marks.wordErrorRate,
    parts.iou,
    far.relative,
  ];
  ok(numbers);
  // @ts-expect-error This task shows spans only.
  slant.accuracy;
  // @ts-expect-error Distances have no classes.
  far.iou;
}

export function fitNeedsATargetForEveryTask(): void {
  fit(model(), dataset());
  fit(model(), dataset().deriveTarget("more", "digit", (value) => value));
  // @ts-expect-error The data have no target for "marks".
  fit(model(), dataset().withTargets("digit", "slant", "even"));
  const typo = MultiTaskDataset.from({
    inputs: { image: column },
    targets: { digti: column, slant: column, even: column, marks: column },
  });
  // @ts-expect-error The data have a target "digti" and none for "digit".
  fit(model(), typo);
}

export function evaluationNeedsATargetForEveryTask(): void {
  model().evaluate(dataset());
  evaluate(model(), dataset());
  // @ts-expect-error The data have no target for "marks".
  model().evaluate(dataset().withTargets("digit", "slant", "even"));
  // @ts-expect-error The same, asked of the function.
  evaluate(model(), dataset().withTargets("digit", "slant", "even"));
}

export async function namesOnlyKnownAtRunTimeCompile(): Promise<void> {
  const loaded = await loadModel("folder");
  fit(loaded, dataset());
  const names: string[] = ["a", "b"];
  const many = hardSharing({
    encoder: encoders.mlp({ units: [4] }),
    tasks: names.map((name) => binary(name)),
  });
  fit(many, dataset());
  const figures = await many.evaluate(dataset());
  const accuracy: number = figures["a"].accuracy;
  ok(accuracy);
}

export function dataKnowTheirNames(): void {
  const { train } = dataset().split({ train: 1 }, { seed: 1 });
  train.target("digit");
  // @ts-expect-error There is no target of this name.
  train.target("digti");
  // @ts-expect-error There is no target of this name.
  train.withTargets("digti");
  // @ts-expect-error There is no target of this name.
  train.labelsPerClass("digti", 1, { seed: 1 });
  // @ts-expect-error There is no part of this name.
  dataset().split({ train: 1 }, { seed: 1 }).test;
  const batch = train.batch([0]);
  const image: tf.Tensor = batch.inputs.image;
  image.dispose();
  // @ts-expect-error There is no input of this name.
  batch.inputs.picture;
  // @ts-expect-error The labels of a task may all be missing from a batch.
  batch.targets.digit.dispose();
}

Deno.test("each line that must not compile does not, and for the reason given", async () => {
  const source = await readFile(fileURLToPath(import.meta.url), "utf8");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--check", "--no-prompt", "--ext=ts", "-"],
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const marks = /^ +\/\/ @ts-expect-error/gm;
  await writer.write(new TextEncoder().encode(source.replace(marks, "//")));
  await writer.close();
  const { code, stderr } = await child.output();
  const said = new TextDecoder().decode(stderr);
  strictEqual(code, 1, said);
  match(said, new RegExp(`Found ${source.match(marks)!.length} errors`));
  match(said, /Property 'digti' does not exist on type 'Outputs</);
  match(said, /'"digti"' is not assignable to parameter of type '"digit" \| "slant"/);
  match(said, /Property 'rmse' does not exist on type 'TaskEvaluation<"accuracy">'/);
  match(said, /Property 'missingTargets' is missing/);
});
