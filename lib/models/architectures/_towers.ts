import type { Task } from "../../tasks/mod.ts";
import type { Encoder, Stage } from "../encoders/encoder.ts";
import type { GraphBuilder, GraphNode } from "../graph/mod.ts";

/** What joins the towers of {@linkcode towers}. */
export interface Joints {
  /** Stages after which the towers are joined. */
  readonly after: ReadonlySet<string>;
  /** What the towers go on with after such a stage. */
  join(nodes: readonly GraphNode[], stage: Stage): readonly GraphNode[];
}

/**
 * A copy of the encoder for each task. The last nodes, in the order of the tasks.
 *
 * Through a joint the losses of all tasks train the stages before it: these are shared. What comes
 * after the last joint belongs to its task. Either way a tower starts with the same weights as that
 * of a single-task network.
 */
export function towers(
  graph: GraphBuilder,
  encoder: Encoder,
  joints?: Joints,
): readonly GraphNode[] {
  const lastJoint = encoder.stages.findLastIndex(({ name }) => joints?.after.has(name));
  let nodes: readonly GraphNode[] = graph.tasks.map(() => graph.source);
  encoder.stages.forEach((stage, at) => {
    const next = graph.tasks.map(({ name }, task) =>
      graph.stage(
        stage,
        nodes[task],
        at <= lastJoint && graph.tasks.length > 1
          ? { owner: "shared", name, prefix: `task ${name}` }
          : { owner: name },
      )
    );
    nodes = joints?.after.has(stage.name) ? joints.join(next, stage) : next;
    // A joint leads to one tower; only all of them, with the stages before, are reached by every loss.
    if (at === lastJoint) graph.lastShared([...next, ...nodes]);
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
