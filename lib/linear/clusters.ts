import { Random } from "../math/random.ts";
import type { LinearModel } from "./model.ts";

/** Groups of tasks. */
export interface TaskClusters {
  /** For each task, in the order of the model, its cluster from 0. */
  readonly assignment: Int32Array;
  /** Sum of squared distances to the cluster means. */
  readonly within: number;
}

/**
 * Groups the tasks of a model by their coefficients: k-means with careful seeding (Lloyd 1982; Arthur
 * and Vassilvitskii 2007), the best of `restarts`.
 *
 * @param count Number of clusters, from 1 to the number of tasks.
 */
export function taskClusters(
  model: LinearModel,
  count: number,
  options: { readonly seed?: number | string; readonly restarts?: number } = {},
): TaskClusters {
  const { seed = 0, restarts = 10 } = options;
  const points = model.tasks.map(({ name }) => model.coefficientsOf(name));
  if (!Number.isInteger(count) || count < 1 || count > points.length) {
    throw new RangeError(
      `The number of clusters must be from 1 to the ${points.length} tasks, but is ${count}.`,
    );
  }
  const width = points[0].length;
  const odd = points.findIndex((point) => point.length !== width);
  if (odd >= 0) {
    throw new RangeError(
      `"${model.tasks[odd].name}" has another number of coefficients than ` +
        `"${model.tasks[0].name}": only tasks of one shape can be grouped.`,
    );
  }
  const random = Random.stream(seed, "task clusters");
  let best: TaskClusters | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const found = lloyd(points, seeding(points, count, random));
    if (!best || found.within < best.within) best = found;
  }
  return best!;
}

function seeding(points: readonly Float64Array[], count: number, random: Random): Float64Array[] {
  const centres = [points[random.integer(points.length)].slice()];
  while (centres.length < count) {
    const distances = points.map((point) => Math.min(...centres.map((c) => distance(point, c))));
    const total = distances.reduce((sum, value) => sum + value, 0);
    let left = random.uniform() * total;
    let pick = distances.findIndex((value) => (left -= value) < 0);
    if (pick < 0) pick = random.integer(points.length);
    centres.push(points[pick].slice());
  }
  return centres;
}

function lloyd(points: readonly Float64Array[], centres: Float64Array[]): TaskClusters {
  const assignment = new Int32Array(points.length).fill(-1);
  for (let round = 0; round < 100; round++) {
    let changed = false;
    points.forEach((point, k) => {
      let nearest = 0;
      for (let c = 1; c < centres.length; c++) {
        if (distance(point, centres[c]) < distance(point, centres[nearest])) nearest = c;
      }
      if (assignment[k] !== nearest) changed = true;
      assignment[k] = nearest;
    });
    if (!changed) break;
    centres.forEach((centre, c) => {
      const members = points.filter((_, k) => assignment[k] === c);
      if (members.length === 0) return;
      centre.forEach((_, j) => {
        centre[j] = members.reduce((sum, point) => sum + point[j], 0) / members.length;
      });
    });
  }
  const within = points.reduce((sum, point, k) => sum + distance(point, centres[assignment[k]]), 0);
  return { assignment, within };
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
}
