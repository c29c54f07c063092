import type { ArchitectureRow } from "./measure.ts";
import { peerNames } from "./peer.ts";

/** A row in one line of text. */
export function lineOf(row: ArchitectureRow): string {
  const { data, architecture, parameters, ms, peers, evaluated, oneTask } = row;
  const beside = peerNames.flatMap((name) => {
    const peer = peers[name];
    return peer
      ? [`, ${peer.ratio.toFixed(2)} of ${name}'s speed (${peer.parameters} parameters)`]
      : [];
  });
  return `${data} ${architecture}: ${parameters} parameters, ${ms.toFixed(2)} ms` +
    `${beside.join("")}; evaluates ${evaluated}/s; one task ${kilobytes(oneTask.bytes.model)} -> ` +
    `${kilobytes(oneTask.bytes.cutOut)} kB, ${oneTask.ms.model.toFixed(2)} -> ${
      oneTask.ms.cutOut.toFixed(2)
    } ms`;
}

/** All rows as a page of Markdown. */
export function page(rows: readonly ArchitectureRow[], caption: string): string {
  const steps = tableOf(
    [
      ...["data", "architecture", "parameters", "ms a step", "over hard sharing"],
      ...peerNames.map((name) => `speed of ${name} = 1`),
      ...["evaluated, examples/s", "network alone, examples/s"],
    ],
    rows.map((row) => [
      row.data,
      row.architecture,
      String(row.parameters),
      row.ms.toFixed(2),
      row.overHardSharing.toFixed(2),
      ...peerNames.map((name) => row.peers[name]?.ratio.toFixed(2) ?? ""),
      String(row.evaluated),
      String(row.predicted),
    ]),
  );
  const cutOut = tableOf(
    [
      ...["data", "architecture", "parameters", "cut out", "kB saved", "cut out"],
      ...["ms an example", "cut out"],
    ],
    rows.map(({ data, architecture, oneTask: { parameters, bytes, ms } }) => [
      ...[data, architecture, String(parameters.model), String(parameters.cutOut)],
      ...[kilobytes(bytes.model), kilobytes(bytes.cutOut)],
      ...[ms.model.toFixed(3), ms.cutOut.toFixed(3)],
    ]),
  );
  return `Architectures: ${caption}.\n\n${steps}\n\n` +
    "`evaluate` includes making batches, losses and metrics; the network alone reads one batch that " +
    "is there. DeepCTR-Torch has one logit a task where the others have two; parameters of the " +
    "peers are in `architectures.json`.\n\n" +
    "The first task, computed by the whole model and by the network that `forTask` cuts out. Saved " +
    "are a folder that `loadModel` reads and a TensorFlow.js graph model; the times were taken in " +
    `turns, call by call.\n\n${cutOut}\n`;
}

function tableOf(head: readonly string[], cells: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
