import type { Architecture } from "../architecture.ts";
import {
  type Encoder,
  encoderConfiguration,
  encoderFromConfiguration,
  type Stage,
} from "../encoders/encoder.ts";
import {
  fromSaved,
  type GraphBuilder,
  type GraphNode,
  type PartPlace,
  type Trunk,
} from "../graph/mod.ts";
import { globalAveragePool } from "../layers/mod.ts";

/** A part whose value gates mix, and what readings of gates call it. */
export interface Expert {
  readonly node: GraphNode;
  readonly name: string;
}

/** What an expert is, if it is not a copy of the trunk's encoder. */
export interface ExpertEncoder {
  /**
   * What each expert is. The trunk's encoder is then shared by all of them, and experts and gates
   * read what it gives. Default: each expert is a copy of the trunk's encoder, and experts and gates
   * read what the trunk reads. Of texts an embedding at the start of the trunk is shared all the same,
   * and gates read the mean over the words: an index is a name, not an amount.
   */
  readonly encoder?: Encoder;
}

/** The stages below the experts, which all share, and those of each expert. */
export function splitTrunk(trunk: Trunk, { encoder }: ExpertEncoder): {
  readonly below: readonly Stage[];
  readonly expert: readonly Stage[];
} {
  const { stages } = trunk.encoder;
  if (encoder) return { below: stages, expert: encoder.stages };
  if (!embedsWords(trunk.encoder)) return { below: [], expert: stages };
  const [first, ...others] = stages;
  if (others.length > 0) return { below: [first], expert: others };
  const [embedding, ...rest] = first.layers;
  return {
    below: [{ name: "words", layers: [embedding] }],
    expert: [{ ...first, layers: rest }],
  };
}

/**
 * What gates look at in features: of a text the mean over its words, padding left out, as a word's
 * place says nothing; of anything else the features themselves.
 */
export function selectorsOf(
  graph: GraphBuilder,
  { encoder, stems = {} }: Trunk,
): (features: GraphNode) => GraphNode {
  const texts = [encoder, ...Object.values(stems)].some(embedsWords);
  const made = new Map<string, GraphNode>();
  return (features) => {
    if (!texts || features.shape.length !== 2) return features;
    const known = made.get(features.id);
    if (known) return known;
    const owner = graph.tasks.find(({ name }) => features.id.startsWith(`${name}/`))?.name;
    const mean = graph.part({
      owner,
      name: `mean of ${features.id}`,
      label: "mean of words",
      kind: "stage",
      from: [features],
      build(scope) {
        const { outputShape, apply, counterpart } = globalAveragePool({ maskZeros: true })
          .build(features.shape, scope);
        return {
          shape: outputShape,
          apply: ([input], context) => apply(input, context),
          ...counterpart && { counterpart: ([input], layers) => counterpart(input, layers) },
        };
      },
    });
    made.set(features.id, mean);
    return mean;
  };
}

/** Whether an encoder begins with vectors of words, and so reads indices. */
function embedsWords({ stages }: Encoder): boolean {
  return stages[0].layers[0]?.kind === "embedding";
}

/** Builds `count` copies of some stages on what `from` gives. */
export function buildExperts(
  graph: GraphBuilder,
  stages: readonly Stage[],
  from: GraphNode,
  place: { readonly count: number; readonly name: string } & Pick<PartPlace, "owner">,
): Expert[] {
  const { count, name, owner } = place;
  return Array.from({ length: count }, (_, at) => {
    const each = `${name} ${at + 1}`;
    return { node: graph.stages(stages, from, { owner, name: each }).at(-1)!, name: each };
  });
}

/** Refuses counts of experts that are not whole numbers from `least`. */
export function checkCounts(
  architecture: string,
  counts: Readonly<Record<string, number>>,
  least: number,
): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `${architecture}: ${name} must be a whole number from ${least}, but is ${value}.`,
      );
    }
  }
}

/** Settings of experts as JSON. */
export function expertsConfiguration<Experts extends ExpertEncoder>(
  { encoder, ...counts }: Experts,
): Record<string, unknown> {
  return { ...counts, ...encoder && { encoder: encoderConfiguration(encoder) } };
}

/**
 * Makes an architecture with experts again from what it saved: as `fromSaved`, and the experts that
 * {@linkcode expertsConfiguration} described.
 */
export function fromSavedExperts<Settings extends { readonly experts?: ExpertEncoder }>(
  make: (options: Trunk & Settings) => Architecture,
): (configuration: Readonly<Record<string, unknown>>) => Architecture {
  return (configuration) => {
    const { encoder, ...counts } = configuration.experts as Record<string, unknown>;
    const experts = encoder === undefined
      ? counts
      : { ...counts, encoder: encoderFromConfiguration(encoder) };
    return fromSaved(make)({ ...configuration, experts });
  };
}
