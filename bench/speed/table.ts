import type { RecordedRow, SpeedRecord } from "./results.ts";

/** What the models are, for readers. */
export const described: Readonly<Record<string, string>> = {
  mlp: "MLP 784-512-256-10",
  cnn: "CNN, two convolutions",
  lenet: "LeNet, two tasks",
  lstm: "LSTM, 28 steps",
  gpt: "transformer, two layers",
  separable: "separable CNN",
  mmoe: "MMoE, two tasks",
};

/** The peers as readers know them, in the order of the columns. */
export const peers = [
  { peer: "pytorch", title: "PyTorch" },
  { peer: "tfjs-node", title: "tfjs-node" },
] as const;

/** One model on one number of threads, with all its peers. */
export interface Comparison {
  readonly title: string;
  readonly threads: number;
  readonly rows: readonly RecordedRow[];
}

/** The rows of each model and number of threads, together. */
export function comparisons({ rows }: SpeedRecord): Comparison[] {
  const groups = Map.groupBy(rows, ({ model, threads }) => `${model} ${threads}`);
  return [...groups.values()].map((group) => ({
    title: described[group[0].model] ?? group[0].model,
    threads: group[0].threads,
    rows: group,
  }));
}

/** Where, when and with what the rows were measured. */
export function caption({ machine, versions, rows }: SpeedRecord): string {
  const days = [...new Set(rows.map(({ measured }) => measured))].sort();
  const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0];
  return `Milliseconds a training step, medians of interleaved runs on ${machine.cores} cores ` +
    `(${machine.processor}), ${when}, TensorFlow.js ${versions.tfjs}, Deno ${versions.deno}. ` +
    "A ratio above 1 means faster than the peer with the same number of threads.";
}

/** The results as a table in Markdown; a model without results has a line that says so. */
export function speedTable(record: SpeedRecord): string {
  const header = [
    "model",
    "threads",
    "polytask",
    ...peers.flatMap(({ title }) => [title, "ratio"]),
  ];
  const lines = comparisons(record).map(({ title, threads, rows }) => [
    title,
    String(threads),
    rows[0].ms.toFixed(1),
    ...peers.flatMap(({ peer }) => {
      const row = rows.find((one) => one.peer === peer);
      return row ? [row.peerMs.toFixed(1), row.ratio.toFixed(2)] : ["", ""];
    }),
  ]);
  for (const [model, title] of Object.entries(described)) {
    if (record.rows.some((row) => row.model === model)) continue;
    lines.push([title, "", "not measured", ...peers.flatMap(() => ["", ""])]);
  }
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column].length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [
    line(header),
    `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`,
    ...lines.map(line),
  ].join("\n");
}

/** A page with its table of results replaced. Throws when the page has none. */
export function withTable(page: string, table: string): string {
  const old = /^\| model +\| threads +\| polytask .*\n(?:\|.*\n)*/m;
  if (!old.test(page)) throw new Error("The page has no table that begins with model and threads.");
  return page.replace(old, () => `${table}\n`);
}
