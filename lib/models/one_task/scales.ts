/** Factors of one network are kept within this ratio, far from where numbers run out. */
const WIDEST_RANGE = 1e12;

/** What is known of all nodes whose scales depend on one another. */
interface Group {
  nodes: number;
  /** Whether nodes that must be positive are so where the root is positive, or where it is negative. */
  plus: boolean;
  minus: boolean;
  /** Smallest and largest size of a scale over that of the root. */
  low: number;
  high: number;
  last: number;
  /** Places that can take a scale: those that write nodes of the group, and those that read them. */
  writers: number;
  readers: number;
  /** Whether all of it is 0, or nothing of it is read. */
  ended?: "zero" | "unread";
}

/** A node as a multiple of the root of its group. */
interface Place {
  readonly root: number;
  readonly ratio: number;
}

/**
 * Scales of the channels of a network: the number that a channel holds is its scale times the number
 * that it held before. Which scales must be how many times others is collected here, as a forest in
 * which every node says how many times its parent it is.
 */
export class Scales {
  /** A scale that stays 1. */
  readonly one: number;
  readonly #parents: number[] = [];
  readonly #ratios: number[] = [];
  readonly #groups: Group[] = [];
  #undo: (() => void)[] | undefined;

  constructor() {
    [this.one] = this.add(1);
    this.positive([this.one]);
  }

  /** New nodes, with scales of their own. */
  add(count: number): number[] {
    return Array.from({ length: count }, () => {
      const node = this.#parents.push(this.#parents.length) - 1;
      this.#ratios.push(1);
      this.#groups.push({
        nodes: 1,
        plus: false,
        minus: false,
        low: 1,
        high: 1,
        last: node,
        writers: 0,
        readers: 0,
      });
      return node;
    });
  }

  /** Says that these scales must be above 0. */
  positive(nodes: readonly number[]): void {
    for (const { root, ratio } of nodes.map((node) => this.#find(node))) {
      this.#change(root, ratio > 0 ? { plus: true } : { minus: true });
    }
  }

  /** Says that a place scales what it writes there, or reads. */
  count(what: "writers" | "readers", nodes: readonly number[], by = 1): void {
    for (const { root } of nodes.map((node) => this.#find(node))) {
      this.#change(root, { [what]: this.#groups[root][what] + by });
    }
  }

  /** Makes scales equal: one by one, or, where one side is a single one, all of them. */
  tie(some: readonly number[], others: readonly number[]): void {
    const [shorter, longer] = some.length < others.length ? [some, others] : [others, some];
    longer.forEach((node, at) => this.join(node, shorter[shorter.length === 1 ? 0 : at], 1));
  }

  /** Keeps scales at 1. */
  pin(nodes: readonly number[]): void {
    for (const node of nodes) this.join(node, this.one, 1);
  }

  /** Whether all of these scales are 1 already. */
  pinned(nodes: readonly number[]): boolean {
    const one = this.#find(this.one);
    return nodes.every((node) => {
      const { root, ratio } = this.#find(node);
      return root === one.root && ratio === one.ratio;
    });
  }

  /** Makes the scale of `node` `ratio` times that of `other`; false, and nothing, where it cannot be. */
  join(node: number, other: number, ratio: number): boolean {
    const [a, b] = [this.#find(node), this.#find(other)];
    if (a.root === b.root) return Math.fround(a.ratio / (ratio * b.ratio)) === 1;
    const [top, below] = this.#groups[a.root].nodes >= this.#groups[b.root].nodes ? [a, b] : [b, a];
    const [ours, theirs] = [this.#groups[top.root], this.#groups[below.root]];
    if (ours.ended || theirs.ended) return false;
    // How many times the upper root the lower one is.
    const factor = top === a ? a.ratio / (ratio * b.ratio) : ratio * b.ratio / a.ratio;
    const plus = ours.plus || (factor > 0 ? theirs.plus : theirs.minus);
    const minus = ours.minus || (factor > 0 ? theirs.minus : theirs.plus);
    const size = Math.abs(factor);
    const [low, high] = [
      Math.min(ours.low, theirs.low * size),
      Math.max(ours.high, theirs.high * size),
    ];
    if ((plus && minus) || !(high / low <= WIDEST_RANGE)) return false;
    this.#change(top.root, {
      nodes: ours.nodes + theirs.nodes,
      plus,
      minus,
      low,
      high,
      last: Math.max(ours.last, theirs.last),
      writers: ours.writers + theirs.writers,
      readers: ours.readers + theirs.readers,
    });
    this.#parents[below.root] = top.root;
    this.#ratios[below.root] = factor;
    this.#undo?.push(() => {
      this.#parents[below.root] = below.root;
      this.#ratios[below.root] = 1;
    });
    return true;
  }

  /**
   * Takes the step from one channel to another with factor 0 away: either all that leads only to it
   * is made 0, or what only it leads to is read with factor 0. False where others are involved.
   */
  cut(from: number, to: number): boolean {
    const [above, below, one] = [from, to, this.one].map((node) => this.#find(node).root);
    const [source, target] = [this.#groups[above], this.#groups[below]];
    if (above === below || source.ended || target.ended) return false;
    if (above !== one && source.readers === 1) this.#change(above, { ended: "zero" });
    else if (below !== one && target.writers === 1) this.#change(below, { ended: "unread" });
    else return false;
    this.count("readers", [from], -1);
    this.count("writers", [to], -1);
    return true;
  }

  /** Runs `change`, and takes it back where it gives false. */
  attempt(change: () => boolean): boolean {
    const undo: (() => void)[] = this.#undo = [];
    const done = change();
    this.#undo = undefined;
    if (!done) undo.reverse().forEach((step) => step());
    return done;
  }

  /** What a place that reads the channel multiplies it with: old number over new one. */
  reading(node: number): number {
    const { root, ratio } = this.#find(node);
    const group = this.#groups[root];
    if (group.ended) return group.ended === "zero" ? 1 : 0;
    return ratio / this.#base(root);
  }

  /** What a place that writes the channel multiplies it with: new number over old one. */
  writing(node: number): number {
    const { root, ratio } = this.#find(node);
    const group = this.#groups[root];
    if (group.ended) return group.ended === "zero" ? 0 : 1;
    return this.#base(root) / ratio;
  }

  /** The ratio of the node that keeps its numbers: the last, so that factors go to what came before. */
  #base(root: number): number {
    const one = this.#find(this.one);
    if (one.root === root) return one.ratio;
    const { last, plus, minus } = this.#groups[root];
    const { ratio } = this.#find(last);
    if (!plus && !minus) return ratio;
    return minus ? -Math.abs(ratio) : Math.abs(ratio);
  }

  #find(node: number): Place {
    let ratio = 1;
    let root = node;
    while (this.#parents[root] !== root) {
      ratio *= this.#ratios[root];
      root = this.#parents[root];
    }
    return { root, ratio };
  }

  #change(root: number, change: Partial<Group>): void {
    const before = this.#groups[root];
    this.#groups[root] = { ...before, ...change };
    this.#undo?.push(() => this.#groups[root] = before);
  }
}
