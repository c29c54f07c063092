import type { Task } from "../../tasks/mod.ts";
import type { Architecture } from "../architecture.ts";
import type { Stage } from "../encoders/encoder.ts";
import {
  graphArchitecture,
  type GraphBuilder,
  type GraphNode,
  type Trunk,
  trunkOf,
  type TrunkOptions,
} from "../graph/mod.ts";
import { MultiTaskModel } from "../model.ts";
import {
  buildExperts,
  checkCounts,
  type ExpertEncoder,
  expertsConfiguration,
  selectorsOf,
  splitTrunk,
} from "./_experts.ts";
import { softmaxGate } from "./_gate.ts";

/** Experts that all tasks share, and experts of each task. */
export interface SharedAndOwnExperts extends ExpertEncoder {
  /** Experts that all tasks share, from 0. Default 2. */
  readonly shared?: number;
  /** Experts of each task, from 0; not both are 0. Default 2. */
  readonly own?: number;
}

/** What {@linkcode ple} and {@linkcode cgc} are made of. */
export interface ExtractionSettings extends Trunk {
  /**
   * Numbers and kind of the experts. Default: 2 shared and 2 of each task, copies of the encoder.
   */
  readonly experts?: SharedAndOwnExperts;
}

/** Settings of {@linkcode ple}. */
export type PleOptions<Tasks extends readonly Task[], Input extends string = string> =
  & TrunkOptions<Tasks, Input>
  & Pick<ExtractionSettings, "experts">;

const DEFAULT_COUNTS = { shared: 2, own: 2 };

/**
 * Progressive layered extraction (Tang et al., RecSys 2020): several levels of experts, shared ones
 * and ones of each task. At each level the gate of a task mixes its own and the shared experts; below
 * the top level a shared gate mixes all experts. What a gate of a level gives is what the experts
 * and the gate of the same owner read at the next; a gate is chosen by its level's own input.
 *
 * Each stage of the encoder (of `experts.encoder`, where there is one) is a level; stages without
 * weights, such as a pooling, belong to the level before. Of texts all share the embedding, below the
 * first level, and gates look at the mean of the words. One level is {@linkcode cgc}.
 *
 * Whose variables: shared are the shared experts and gates, and also the experts of a task below the
 * top level, because the shared gate hands what they find to all tasks; its gates two and more
 * levels below the top likewise. A task alone trains its experts of the top level, its gates of the
 * two highest levels, and its head.
 *
 * ```ts
 * import { binary, encoders, ple } from "polytask";
 * const model = ple({
 *   encoder: encoders.mlp({ units: [32, 16] }), // two levels
 *   experts: { shared: 2, own: 1 },
 *   tasks: [binary("income"), binary("married")],
 * });
 * ```
 * @throws {RangeError} When a count is not a whole number from 0, or both are 0.
 */
export function ple<const Tasks extends readonly Task[], Input extends string>(
  options: PleOptions<Tasks, Input>,
): MultiTaskModel<Tasks> {
  return new MultiTaskModel(pleArchitecture(options), options.tasks, options.seed);
}

/** The architecture behind {@linkcode ple}. */
export function pleArchitecture(settings: ExtractionSettings): Architecture {
  const experts = extractionOf("ple", settings);
  const { below, expert } = splitTrunk(settings, experts);
  return extractionArchitecture({
    name: "PLE",
    trunk: trunkOf(settings),
    experts,
    below,
    levels: levelsOf(expert),
  });
}

/** Kinds of layers without weights. */
const WEIGHTLESS = new Set([
  "activation",
  "dropout",
  "flatten",
  "globalAveragePool",
  "globalMaxPool",
  "maxPool",
  "reshape",
  "resize",
  "upSample",
]);

/** A level for each stage with weights; copies of a stage without would all give the same. */
function levelsOf(stages: readonly Stage[]): Stage[][] {
  const levels: Stage[][] = [];
  for (const stage of stages) {
    const weightless = stage.layers.every(({ kind }) => WEIGHTLESS.has(kind));
    const before = levels.at(-1);
    if (before && weightless) before.push(stage);
    else levels.push([stage]);
  }
  return levels;
}

/** Counts of experts with their defaults. */
export function extractionOf(
  architecture: string,
  settings: ExtractionSettings,
): Required<Omit<SharedAndOwnExperts, "encoder">> & ExpertEncoder {
  const experts = { ...DEFAULT_COUNTS, ...settings.experts };
  const { shared, own } = experts;
  checkCounts(architecture, { "experts.shared": shared, "experts.own": own }, 0);
  if (shared + own === 0) {
    throw new RangeError(
      `${architecture}: experts.shared and experts.own are both 0; a gate needs an expert.`,
    );
  }
  return experts;
}

/** Levels of shared and own experts, one on the other. */
export function extractionArchitecture(recipe: {
  readonly name: string;
  readonly trunk: Trunk;
  readonly experts: ReturnType<typeof extractionOf>;
  readonly below: readonly Stage[];
  readonly levels: readonly (readonly Stage[])[];
}): Architecture {
  const { name, trunk, experts, below, levels } = recipe;
  return graphArchitecture({
    name,
    trunk,
    settings: { experts: expertsConfiguration(experts) },
    build(graph) {
      const source = graph.stages(below, graph.source).at(-1) ?? graph.source;
      const selectorOf = selectorsOf(graph, trunk);
      let inputs: LevelInputs = { shared: source, byTask: graph.tasks.map(() => source) };
      levels.forEach((stages, at) => {
        inputs = buildLevel(graph, inputs, {
          stages,
          experts,
          selectorOf,
          prefix: levels.length > 1 ? `level ${at + 1} ` : "",
          above: levels.length - 1 - at,
        });
      });
      graph.tasks.forEach((task, at) => graph.head(task, inputs.byTask[at]));
    },
  });
}

/** What the experts and gates of a level read. */
interface LevelInputs {
  readonly shared: GraphNode;
  readonly byTask: readonly GraphNode[];
}

function buildLevel(
  graph: GraphBuilder,
  inputs: LevelInputs,
  level: {
    readonly stages: readonly Stage[];
    readonly experts: ReturnType<typeof extractionOf>;
    readonly selectorOf: (features: GraphNode) => GraphNode;
    readonly prefix: string;
    /** Number of levels above this one. */
    readonly above: number;
  },
): LevelInputs {
  const { stages, experts: counts, selectorOf, prefix, above } = level;
  const shared = buildExperts(graph, stages, inputs.shared, {
    count: counts.shared,
    name: `${prefix}shared expert`,
  });
  if (above === 0) graph.lastShared(shared.map(({ node }) => node));
  // Through the shared gate other tasks read, and so train, what a task has below the top.
  const mixesAll = above > 0 && counts.shared > 0;
  const own = graph.tasks.map(({ name }, at) =>
    buildExperts(graph, stages, inputs.byTask[at], {
      count: counts.own,
      name: `${prefix}${name} expert`,
      owner: mixesAll ? "shared" : name,
    })
  );
  const gateIsShared = mixesAll && counts.own > 0 && above > 1;
  const byTask = graph.tasks.map(({ name }, at) =>
    softmaxGate(graph, {
      name: gateIsShared ? `${prefix}${name} gate` : `${prefix}gate`,
      owner: gateIsShared ? "shared" : name,
      selector: selectorOf(inputs.byTask[at]),
      experts: [
        // The same words in all gates, so that their readings can stand in one map.
        ...own[at].map(({ node }, which) => ({ node, name: `${prefix}own expert ${which + 1}` })),
        ...shared,
      ],
    })
  );
  if (!mixesAll) return { shared: inputs.shared, byTask };
  const all = softmaxGate(graph, {
    name: `${prefix}shared gate`,
    selector: selectorOf(inputs.shared),
    experts: [...own.flat(), ...shared],
  });
  return { shared: all, byTask };
}
