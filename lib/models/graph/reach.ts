import type * as tf from "@tensorflow/tfjs";
import type { ModelGraph } from "./part.ts";

/** What it takes to say which parts an output depends on. */
type Reachable = Pick<ModelGraph, "parts" | "outputs" | "source">;

/** The parts that the output of each task depends on. */
export function reachOf(graph: Reachable): Map<string, Set<string>> {
  const parts = new Map(graph.parts.map((part) => [part.id, part]));
  return new Map([...graph.outputs].map(([task, output]) => {
    const seen = new Set<string>();
    const visit = (id: string) => {
      if (seen.has(id)) return;
      seen.add(id);
      if (id === graph.source.id) entriesOf(graph, task).forEach(visit);
      parts.get(id)?.from.forEach(visit);
    };
    visit(output);
    return [task, seen];
  }));
}

/** The ends of the stems that a task may read. */
function entriesOf({ source }: Reachable, task: string): string[] {
  return readableInputs(source, task).map((input) => source.entries.get(input)!);
}

/** The inputs that a task may read. */
export function readableInputs(source: ModelGraph["source"], task: string): string[] {
  return [...source.entries.keys()].filter((input) => {
    try {
      // Only whether it is there is looked at.
      return source.inputOf(task, { [input]: true as unknown as tf.Tensor }) === input;
    } catch {
      return false;
    }
  });
}
