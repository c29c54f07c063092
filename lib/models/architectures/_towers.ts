import type { Task } from "../../tasks/mod.ts";
import type { Encoder, Stage } from "../encoders/encoder.ts";
import type { GraphBuilder, GraphNode } from "../graph/mod.ts";

/**
 * A copy of the encoder for each task, stage by stage; `between` may replace what the towers hand
 * on after a stage. The last nodes, in the order of the tasks.
 */
export function towers(
  graph: GraphBuilder,
  encoder: Encoder,
  between: (nodes: readonly GraphNode[], stage: Stage, at: number) => readonly GraphNode[] = (
    nodes,
  ) => nodes,
): readonly GraphNode[] {
  let nodes: readonly GraphNode[] = graph.tasks.map(() => graph.source);
  encoder.stages.forEach((stage, at) => {
    const next = graph.tasks.map(({ name }, task) =>
      graph.stage(stage, nodes[task], { owner: name })
    );
    nodes = between(next, stage, at);
  });
  return nodes;
}

/** Adds the head of every task on its node. */
export function headsOn(graph: GraphBuilder, nodes: readonly GraphNode[]): void {
  graph.tasks.forEach((task: Task, at) => graph.head(task, nodes[at]));
}

/**
 * Which stages are followed by a stitch.
 * @throws {RangeError} When a name is not that of a stage.
 */
export function stitchedStages(
  encoder: Encoder,
  after: readonly string[] | undefined,
): Set<string> {
  const names = encoder.stages.map(({ name }) => name);
  const unknown = after?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `after names the stage "${unknown}", but the encoder has ${
        names.map((name) => `"${name}"`).join(", ")
      }.`,
    );
  }
  return new Set(after ?? names);
}
