/** A box to be placed. */
export interface LayoutNode {
  readonly id: string;
  readonly from: readonly string[];
  /** Size across the layers. */
  readonly breadth: number;
  /** Size along the flow. */
  readonly depth: number;
}

/** Where a box lies: its centre across the layers, and its start along the flow. */
export interface PlacedNode {
  readonly id: string;
  readonly across: number;
  readonly along: number;
}

/** A connection, as the places it runs through. */
export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly { readonly across: number; readonly along: number }[];
}

/** The picture of a graph, in layers. */
export interface LayeredLayout {
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  readonly edges: readonly PlacedEdge[];
  readonly breadth: number;
  readonly depth: number;
}

/** A box, or the place where a long connection passes a layer. */
interface Item {
  readonly id: string;
  readonly breadth: number;
  readonly layer: number;
  readonly parents: Item[];
  readonly children: Item[];
  centre: number;
}

/** Layer of every node: one more than the deepest node it reads. */
function layersOf(nodes: readonly LayoutNode[]): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  if (byId.size !== nodes.length) throw new Error("Two parts of the structure have the same id");
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const visit = (node: LayoutNode): number => {
    const known = layers.get(node.id);
    if (known !== undefined) return known;
    if (open.has(node.id)) {
      throw new Error(`Part "${node.id}" of the structure reads its own output`);
    }
    open.add(node.id);
    let layer = 0;
    for (const id of node.from) {
      const source = byId.get(id);
      if (!source) {
        throw new Error(`Part "${node.id}" of the structure reads "${id}", which is not there`);
      }
      layer = Math.max(layer, visit(source) + 1);
    }
    open.delete(node.id);
    layers.set(node.id, layer);
    return layer;
  };
  for (const node of nodes) visit(node);
  return layers;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sorts every layer by the mean place of its neighbours, down and up a few times. */
function orderLayers(layers: Item[][]): void {
  const place = new Map<Item, number>();
  const renumber = (layer: Item[]) => layer.forEach((item, at) => place.set(item, at));
  layers.forEach(renumber);
  const sort = (layer: Item[], neighbours: (item: Item) => Item[]) => {
    const key = new Map(layer.map((item) => {
      const near = neighbours(item);
      return [item, near.length > 0 ? mean(near.map((n) => place.get(n)!)) : place.get(item)!];
    }));
    layer.sort((a, b) => key.get(a)! - key.get(b)! || place.get(a)! - place.get(b)!);
    renumber(layer);
  };
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const layer of layers) sort(layer, (item) => item.parents);
    for (const layer of layers.toReversed()) sort(layer, (item) => item.children);
  }
}

/**
 * Places as near as possible (least squares) to the wanted ones, in order and without overlap: the
 * pool-adjacent-violators algorithm on the places less the room taken before each.
 */
function spread(layer: readonly Item[], wanted: readonly number[], gap: number): number[] {
  const before: number[] = [];
  let room = 0;
  layer.forEach((item, i) => {
    if (i > 0) room += (layer[i - 1].breadth + item.breadth) / 2 + gap;
    before.push(room);
  });
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((place, i) => {
    let pool = { sum: place - before[i], count: 1 };
    while (pools.length > 0) {
      const last = pools[pools.length - 1];
      if (last.sum / last.count <= pool.sum / pool.count) break;
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  });
  const levels = pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
  return levels.map((level, i) => level + before[i]);
}

function placeAcross(layers: readonly Item[][], gap: number): void {
  const settle = (layer: Item[], neighbours: (item: Item) => Item[]) => {
    const wanted = layer.map((item) => {
      const near = neighbours(item);
      return near.length > 0 ? mean(near.map((n) => n.centre)) : item.centre;
    });
    spread(layer, wanted, gap).forEach((centre, i) => layer[i].centre = centre);
  };
  for (const layer of layers) {
    spread(layer, layer.map(() => 0), gap).forEach((centre, i) => layer[i].centre = centre);
  }
  for (let sweep = 0; sweep < 8; sweep++) {
    for (const layer of layers.slice(1)) settle(layer, (item) => item.parents);
    for (const layer of layers.slice(0, -1).reverse()) settle(layer, (item) => item.children);
  }
}

/**
 * Places the nodes of an acyclic graph in layers, connections pointing onwards, with few crossings
 * (after Sugiyama, Tagawa and Toda 1981: layers, places held for long edges, barycentres).
 *
 * @throws {Error} If a node reads one that is not there, ids repeat, or the graph has a cycle.
 */
export function layeredLayout(
  nodes: readonly LayoutNode[],
  gaps: { readonly across: number; readonly along: number },
): LayeredLayout {
  const layerOf = layersOf(nodes);
  const count = Math.max(0, ...layerOf.values()) + 1;
  const layers: Item[][] = Array.from({ length: count }, () => []);
  const items = new Map<string, Item>();
  const add = (id: string, breadth: number, layer: number): Item => {
    const item: Item = { id, breadth, layer, parents: [], children: [], centre: 0 };
    layers[layer].push(item);
    return item;
  };
  for (const node of nodes) {
    items.set(node.id, add(node.id, node.breadth, layerOf.get(node.id)!));
  }
  const join = (parent: Item, child: Item) => {
    parent.children.push(child);
    child.parents.push(parent);
  };
  const chains: { from: string; to: string; through: Item[] }[] = [];
  for (const node of nodes) {
    const to = items.get(node.id)!;
    for (const source of new Set(node.from)) {
      const from = items.get(source)!;
      const through: Item[] = [];
      let previous = from;
      for (let layer = from.layer + 1; layer < to.layer; layer++) {
        const passing = add(`${source} to ${node.id}, ${layer}`, 12, layer);
        join(previous, passing);
        through.push(passing);
        previous = passing;
      }
      join(previous, to);
      chains.push({ from: source, to: node.id, through });
    }
  }
  orderLayers(layers);
  placeAcross(layers, gaps.across);

  const left = Math.min(...layers.flat().map((item) => item.centre - item.breadth / 2));
  const right = Math.max(...layers.flat().map((item) => item.centre + item.breadth / 2));
  const sizes = new Map(nodes.map((node) => [node.id, node.depth]));
  const depths = layers.map((layer) =>
    Math.max(0, ...layer.map((item) => sizes.get(item.id) ?? 0))
  );
  const starts: number[] = [];
  depths.forEach((_, i) => starts.push(i === 0 ? 0 : starts[i - 1] + depths[i - 1] + gaps.along));
  const placed = new Map(nodes.map((node) => {
    const { centre, layer } = items.get(node.id)!;
    const along = starts[layer] + (depths[layer] - node.depth) / 2;
    return [node.id, { id: node.id, across: centre - left, along }];
  }));
  const edges = chains.map(({ from, to, through }) => {
    const start = placed.get(from)!, end = placed.get(to)!;
    return {
      from,
      to,
      points: [
        { across: start.across, along: start.along + sizes.get(from)! },
        ...through.flatMap((item) => [
          { across: item.centre - left, along: starts[item.layer] },
          { across: item.centre - left, along: starts[item.layer] + depths[item.layer] },
        ]),
        { across: end.across, along: end.along },
      ],
    };
  });
  return {
    nodes: placed,
    edges,
    breadth: right - left,
    depth: starts[count - 1] + depths[count - 1],
  };
}
