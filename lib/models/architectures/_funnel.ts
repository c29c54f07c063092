import type { Task } from "../../tasks/mod.ts";

/** Settings that funnels of events have. */
export interface FunnelSettings<Name extends string = string> {
  /** The binary tasks of the funnel, from the first event to the last. Default: all tasks, as listed. */
  readonly funnel?: readonly Name[];
}

/** The tasks of a funnel in its order, and the others. */
export function funnelOf(
  architecture: string,
  tasks: readonly Task[],
  { funnel = tasks.map(({ name }) => name) }: FunnelSettings,
): { readonly events: readonly Task[]; readonly others: readonly Task[] } {
  const events = funnel.map((name) => {
    const task = tasks.find((each) => each.name === name);
    if (task) return task;
    throw new RangeError(`${architecture}: the funnel names "${name}", which is no task.`);
  });
  const twice = funnel.find((name, at) => funnel.indexOf(name) < at);
  if (twice !== undefined) {
    throw new RangeError(`${architecture}: the funnel has "${twice}" twice.`);
  }
  if (events.length < 2) {
    throw new RangeError(
      `${architecture}: a funnel has at least two tasks, but has ${events.length}.`,
    );
  }
  const other = events.find(({ kind }) => kind !== "binary");
  if (other) {
    throw new RangeError(
      `${architecture}: a funnel is of binary tasks, but "${other.name}" is ${other.kind}; list the binary ones, in order, in funnel.`,
    );
  }
  return { events, others: tasks.filter((task) => !events.includes(task)) };
}

/**
 * Whose the parts of an event are. What stands before the last event is read by later ones, so that
 * their losses train it too.
 */
export function ownerOf(events: readonly Task[], at: number): string {
  return at < events.length - 1 ? "shared" : events[at].name;
}
