import type { GraphPart, ModelGraph } from "./part.ts";
import { reachOf } from "./reach.ts";

/**
 * Ids of the parts that what tasks share ends in: those named, or the nearest shared ones with
 * variables before them; where none are named, the last shared part that all tasks depend on.
 */
export function lastSharedOf(
  graph: Omit<ModelGraph, "lastShared">,
  named: readonly string[] | undefined,
): string[] {
  const parts = new Map(graph.parts.map((part) => [part.id, part]));
  if (named) return [...new Set(named.flatMap((id) => nearest(id, parts)))];
  const reach = [...reachOf(graph).values()];
  const last = graph.parts.findLast((part) =>
    hasSharedVariables(part) && reach.every((seen) => seen.has(part.id))
  );
  return last ? [last.id] : [];
}

/** The part itself, or the shared parts with variables that it leads back to. */
function nearest(id: string, parts: ReadonlyMap<string, GraphPart>): string[] {
  const part = parts.get(id);
  if (!part) return [];
  if (hasSharedVariables(part)) return [id];
  return part.from.flatMap((from) => nearest(from, parts));
}

function hasSharedVariables({ owner, lastLayer = [] }: GraphPart): boolean {
  return owner === "shared" && lastLayer.length > 0;
}
