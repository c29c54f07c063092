import {
  cgc,
  classification,
  crossStitch,
  data,
  dselectK,
  encoders,
  hardSharing,
  learnedBranching,
  mmoe,
  mtan,
  type MultiTaskDataset,
  type MultiTaskModel,
  nddr,
  omoe,
  ple,
  singleTask,
  sluice,
  softSharing,
} from "../../lib/mod.ts";

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
      (await data.multiMnist({ seed: 1, train: 2000, validation: 0, test: 0 }))
        .train as unknown as MultiTaskDataset,
  },
];

type Trunk = Parameters<typeof hardSharing>[0];

/** Architectures, and LibMTL's name for those that it has for any encoder. */
export const architectures: Readonly<
  Record<string, { make(trunk: Trunk): MultiTaskModel; readonly peer?: string }>
> = {
  "hard sharing": { make: hardSharing, peer: "HPS" },
  "single task": { make: singleTask },
  "soft sharing": { make: softSharing },
  "cross-stitch": { make: crossStitch },
  "sluice": { make: sluice },
  "NDDR": { make: nddr },
  "MTAN": { make: mtan },
  "learned branching": { make: learnedBranching },
  "OMoE": { make: (trunk) => omoe({ ...trunk, experts: { count: EXPERTS } }) },
  "MMoE": { make: (trunk) => mmoe({ ...trunk, experts: { count: EXPERTS } }), peer: "MMoE" },
  "CGC": {
    make: (trunk) => cgc({ ...trunk, experts: { shared: EXPERTS / 2, own: EXPERTS / 4 } }),
    peer: "CGC",
  },
  "PLE": { make: ple },
  "DSelect-k": {
    make: (trunk) => dselectK({ ...trunk, experts: { count: EXPERTS }, perExample: true }),
    peer: "DSelect-k",
  },
};

/** A model of a setting; classification throughout, as LibMTL's examples have it. */
export function modelOf(setting: Setting, architecture: string): MultiTaskModel {
  const { classes, hidden, encoder, taskNames } = setting;
  const tasks = taskNames.map((name) => classification(name, { classes, hidden: [hidden] }));
  return architectures[architecture].make({ encoder, tasks, seed: 1 });
}
