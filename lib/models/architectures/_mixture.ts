import type { Architecture } from "../architecture.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type Trunk,
  trunkOf,
} from "../graph/mod.ts";
import {
  buildExperts,
  checkCounts,
  type Expert,
  type ExpertEncoder,
  expertsConfiguration,
  selectorsOf,
  splitTrunk,
} from "./_experts.ts";

/** Experts that all tasks share. */
export interface SharedExperts extends ExpertEncoder {
  /** How many, from 1. Default 4; the paper's synthetic study has 8. */
  readonly count?: number;
}

/** What a mixture of shared experts is made of. */
export interface MixtureSettings extends Trunk {
  /** Number and kind of the experts. Default: 4 copies of the encoder. */
  readonly experts?: SharedExperts;
}

const DEFAULT_COUNT = 4;

/** Shared experts, and the gates and heads that `gates` puts on them. */
export function mixtureArchitecture(recipe: {
  readonly name: string;
  /** What errors call it: the name of its function. */
  readonly called: string;
  readonly settings: MixtureSettings;
  /** Settings besides trunk and experts, as JSON. */
  readonly others?: Readonly<Record<string, unknown>>;
  /** Adds gates, which choose by `selector` among `experts`, and heads. */
  gates(graph: GraphBuilder, selector: GraphNode, experts: readonly Expert[]): void;
}): Architecture {
  const { name, called, settings, others, gates } = recipe;
  const experts = { count: DEFAULT_COUNT, ...settings.experts };
  const { count } = experts;
  checkCounts(called, { "experts.count": count }, 1);
  const { below, expert } = splitTrunk(settings, experts);
  return graphArchitecture({
    name,
    trunk: trunkOf(settings),
    settings: { experts: expertsConfiguration(experts), ...others },
    build(graph) {
      const source = graph.stages(below, graph.source).at(-1) ?? graph.source;
      const built = buildExperts(graph, expert, source, { count, name: "expert" });
      graph.lastShared(built.map(({ node }) => node));
      gates(graph, selectorsOf(graph, settings)(source), built);
    },
  });
}
