import {
  adversarialSharedPrivate,
  aitm,
  binary,
  cgc,
  classification,
  crossStitch,
  data,
  dselectK,
  encoders,
  esmm,
  hardSharing,
  layers,
  learnedBranching,
  mmoe,
  mtan,
  type MultiTaskDataset,
  type MultiTaskModel,
  nddr,
  omoe,
  ple,
  pooled,
  singleTask,
  sluice,
  softSharing,
  type Task,
  taskTree,
} from "../../lib/mod.ts";
import type { PeerName } from "./peer.ts";

/** Experts of the mixtures, as many as in the synthetic study of MMoE. */
export const EXPERTS = 8;

/** Data, encoder and heads that architectures are compared on. */
export interface Setting {
  readonly name: "adult" | "multi-mnist";
  readonly batch: number;
  readonly classes: number;
  /** Hidden units of each head. */
  readonly hidden: number;
  /** Units of the encoder's layers, where it is an MLP. */
  readonly units: readonly number[];
  readonly encoder: encoders.Encoder;
  readonly taskNames: readonly [string, string];
  load(): Promise<MultiTaskDataset>;
}

/** Income and marriage from the census table; two digits in one image. */
export const settings: readonly Setting[] = [
  {
    name: "adult",
    batch: 256,
    classes: 2,
    hidden: 8,
    units: [64, 16],
    encoder: encoders.mlp({ units: [64, 16] }),
    taskNames: ["income", "neverMarried"],
    load: async () => (await data.adult()).train as unknown as MultiTaskDataset,
  },
  {
    name: "multi-mnist",
    batch: 128,
    classes: 10,
    hidden: 50,
    units: [],
    encoder: encoders.leNet(),
    taskNames: ["left", "right"],
    load: async () =>
      (await data.multiMnist({ seed: 1, train: 2048, validation: 0, test: 0 }))
        .train as unknown as MultiTaskDataset,
  },
];

type Trunk = Parameters<typeof hardSharing>[0];

/** How an architecture is built, and what it can be compared with. */
export interface ArchitectureEntry {
  make(trunk: Trunk, setting: Setting): MultiTaskModel;
  /** What each peer calls it, where it has the same for the encoder. */
  readonly peers?: Readonly<Partial<Record<PeerName, string>>>;
  /** Whether the tasks must be binary: only on data with two classes. */
  readonly binary?: boolean;
}

const experts = { count: EXPERTS };
/** The inputs as they are: all layers are in the heads. */
const noEncoder = encoders.encoder("none", [{ name: "inputs", layers: [layers.flatten()] }]);

/** What is measured, by name. */
export const architectures: Readonly<Record<string, ArchitectureEntry>> = {
  "hard sharing": {
    make: hardSharing,
    peers: { "LibMTL": "HPS", "DeepCTR-Torch": "SharedBottom" },
  },
  "single task": { make: singleTask },
  "pooled": { make: pooled },
  "task tree": {
    // Together up to the last stage.
    make: (trunk) => {
      const names = trunk.tasks.map(({ name }) => name);
      const last = trunk.encoder.stages.length - 1;
      const branches = trunk.encoder.stages.map((_, level) =>
        level === last ? names.map((name) => [name]) : [names]
      );
      return taskTree({ ...trunk, branches });
    },
  },
  "soft sharing": { make: softSharing },
  "cross-stitch": { make: crossStitch },
  "cross-stitch by channel": { make: (trunk) => crossStitch({ ...trunk, weights: "channel" }) },
  "sluice": { make: sluice },
  "NDDR": { make: nddr },
  "MTAN": { make: mtan },
  "learned branching": { make: learnedBranching },
  "adversarial shared-private": { make: adversarialSharedPrivate },
  "OMoE": { make: (trunk) => omoe({ ...trunk, experts }) },
  "MMoE": {
    make: (trunk) => mmoe({ ...trunk, experts }),
    peers: { "LibMTL": "MMoE", "DeepCTR-Torch": "MMOE" },
  },
  "CGC": {
    make: (trunk) => cgc({ ...trunk, experts: { shared: EXPERTS / 2, own: EXPERTS / 4 } }),
    peers: { "LibMTL": "CGC" },
  },
  "PLE": { make: ple },
  "DSelect-k, static": { make: (trunk) => dselectK({ ...trunk, experts }) },
  "DSelect-k": {
    make: (trunk) => dselectK({ ...trunk, experts, perExample: true }),
    peers: { "LibMTL": "DSelect-k" },
  },
  "ESMM": { make: esmm, binary: true },
  "ESMM of towers": {
    // As the paper and DeepCTR have it: only embeddings are shared, and there are none here.
    make: (trunk, { units, hidden, taskNames }) =>
      esmm({
        ...trunk,
        encoder: noEncoder,
        tasks: taskNames.map((name) => binary(name, { hidden: [...units, hidden] })),
      }),
    peers: { "DeepCTR-Torch": "ESMM" },
    binary: true,
  },
  "AITM": { make: aitm, binary: true },
};

/** Whether an architecture can be built for a setting. */
export function fits(setting: Setting, architecture: string): boolean {
  return !architectures[architecture].binary || setting.classes === 2;
}

/** A model of a setting; classification where it can be, as LibMTL's examples have it. */
export function modelOf(setting: Setting, architecture: string): MultiTaskModel {
  const { classes, hidden, encoder, taskNames } = setting;
  const entry = architectures[architecture];
  const tasks = taskNames.map((name): Task =>
    entry.binary
      ? binary(name, { hidden: [hidden] })
      : classification(name, { classes, hidden: [hidden] })
  );
  return entry.make({ encoder, tasks, seed: 1 }, setting);
}
