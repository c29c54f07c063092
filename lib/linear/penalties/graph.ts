import { taskQuadratic } from "./_task_graph.ts";
import { checkStrength, type Penalty } from "./penalty.ts";

// Ω(W) = ρ Σ_{(a,b)} |e_ab| ‖w_a - sign(e_ab) w_b‖²

/** A tie between two tasks. */
export interface TaskEdge {
  /** Name of the one task. */
  readonly from: string;
  /** Name of the other task. */
  readonly to: string;
  /** How strong; negative: the coefficients should be opposite. Default 1. */
  readonly weight?: number;
}

/**
 * Graph: tasks that share an edge get similar coefficients (Evgeniou, Micchelli and Pontil 2005;
 * Kato et al. 2007). {@linkcode correlationEdges} makes edges from what is known.
 *
 * @param strength ρ ≥ 0.
 * @param edges Ties between tasks, by name.
 */
export function graph(strength: number, edges: readonly TaskEdge[]): Penalty {
  checkStrength("strength of graph", strength);
  return {
    name: "graph",
    parts: 1,
    configuration: { name: "graph", strength, edges },
    bind(layout) {
      const { tasks } = layout;
      const count = tasks.length;
      const place = new Map(tasks.map((name, index) => [name, index]));
      const m = new Float64Array(count * count);
      for (const { from, to, weight = 1 } of edges) {
        const a = place.get(from), b = place.get(to);
        if (a === undefined || b === undefined || a === b || !Number.isFinite(weight)) {
          throw new RangeError(
            `The edge from "${from}" to "${to}" with weight ${weight} must join two of the tasks ` +
              `with a finite weight.`,
          );
        }
        const tie = strength * Math.abs(weight);
        m[a * count + a] += tie;
        m[b * count + b] += tie;
        m[a * count + b] -= Math.sign(weight) * tie;
        m[b * count + a] -= Math.sign(weight) * tie;
      }
      return taskQuadratic("graph", layout, m);
    },
  };
}

/**
 * Edges between columns of numbers whose correlation is at least `threshold` in size, weighted by
 * it: of targets seen on the same rows, or of coefficients of a first, independent fit.
 *
 * @param columns A list of equally many numbers for each task.
 * @param options.threshold From 0 to 1; default 0.5.
 */
export function correlationEdges(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  options: { threshold?: number } = {},
): TaskEdge[] {
  const threshold = options.threshold ?? 0.5;
  const names = Object.keys(columns);
  const centred = names.map((name) => standardised(columns[name]));
  const edges: TaskEdge[] = [];
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) {
      if (centred[a].length !== centred[b].length) {
        throw new RangeError(
          `"${names[a]}" has ${centred[a].length} numbers and "${names[b]}" has ` +
            `${centred[b].length}: correlations need equally many.`,
        );
      }
      let weight = 0;
      for (let i = 0; i < centred[a].length; i++) weight += centred[a][i] * centred[b][i];
      if (Math.abs(weight) >= threshold && weight !== 0) {
        edges.push({ from: names[a], to: names[b], weight });
      }
    }
  }
  return edges;
}

/** The numbers less their mean, at length 1; zeros when all are equal. */
function standardised(values: ArrayLike<number>): Float64Array {
  const out = Float64Array.from(values);
  const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
  let square = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] -= mean;
    square += out[i] ** 2;
  }
  const length = Math.sqrt(square);
  return out.map((value) => length > 0 ? value / length : 0);
}
