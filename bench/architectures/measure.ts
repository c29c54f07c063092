import * as tf from "@tensorflow/tfjs";
import {
  type Batch,
  equalWeights,
  type MultiTaskDataset,
  type MultiTaskModel,
  optimizers,
  Random,
} from "../../lib/mod.ts";
import { computeStep } from "../../lib/training/_step.ts";
import { median } from "../_timing.ts";
import { architectures, EXPERTS, modelOf, type Setting } from "./models.ts";
import { measureOneTask, type OneTask } from "./one_task.ts";
import { type ArchitecturePeer, type PeerName, peerNames } from "./peer.ts";
import { medianOf } from "./timing.ts";

/** One line of the result. Times are medians. */
export interface ArchitectureRow {
  readonly data: string;
  readonly architecture: string;
  readonly parameters: number;
  /** Milliseconds of a training step: forward, backward, Adam. */
  readonly ms: number;
  /** Milliseconds of a step relative to hard sharing. */
  readonly overHardSharing: number;
  /** The same architecture elsewhere, where a library has it. */
  readonly peers: Readonly<Partial<Record<PeerName, PeerFigures>>>;
  /** Examples a second through `evaluate`: batches, all tasks, losses and metrics. */
  readonly evaluated: number;
  /** Examples a second through the network alone, in one batch of the training size. */
  readonly predicted: number;
  readonly oneTask: OneTask;
}

/** What a peer needs for the same architecture. */
export interface PeerFigures {
  readonly ms: number;
  readonly parameters: number;
  /** Its milliseconds over ours: above 1, we are faster. */
  readonly ratio: number;
}

/** What all architectures of a setting are measured with. */
export interface Bench {
  readonly setting: Setting;
  /** One batch of the training size. */
  readonly batch: Batch;
  /** What `evaluate` goes through. */
  readonly evaluated: MultiTaskDataset;
  readonly peers: Readonly<Record<PeerName, ArchitecturePeer>>;
  /** How long each thing is timed. */
  readonly seconds: number;
}

/** Measures one architecture; `base` is the step of hard sharing in milliseconds. */
export async function measure(
  bench: Bench,
  name: string,
  base: number | undefined,
): Promise<ArchitectureRow> {
  const { setting, batch, evaluated, seconds } = bench;
  const model = modelOf(setting, name);
  const shapes = Object.fromEntries(
    Object.entries(batch.inputs).map(([input, tensor]) => [input, tensor.shape.slice(1)]),
  );
  model.build({ inputs: shapes, seed: 1 });
  const [shape] = Object.values(shapes);
  const { ms, peers } = await measureSteps(bench, model, name, shape);
  const evaluateMs = await medianOf(
    () => model.evaluate(evaluated, { batchSize: setting.batch }),
    seconds / 4,
  );
  const predictMs = await medianOf(() => predict(model, batch.inputs), seconds / 4);
  const row: ArchitectureRow = {
    data: setting.name,
    architecture: name,
    parameters: model.parameterCounts().total,
    ms,
    overHardSharing: base === undefined ? 1 : ms / base,
    peers,
    evaluated: Math.round(1000 * evaluated.size / evaluateMs),
    predicted: Math.round(1000 * setting.batch / predictMs),
    oneTask: await measureOneTask(model, batch, seconds / 4),
  };
  model.dispose();
  return row;
}

/** Training steps, ours and the peers' in turns, so that all meet the same machine. */
async function measureSteps(
  { setting, batch, peers, seconds }: Bench,
  model: MultiTaskModel,
  name: string,
  shape: readonly number[],
): Promise<Pick<ArchitectureRow, "ms" | "peers">> {
  const asked = peerNames.flatMap((peer) => {
    const architecture = architectures[name].peers?.[peer];
    // DeepCTR-Torch is for tables.
    const can = architecture && (peer === "LibMTL" || setting.name === "adult");
    return can ? [{ peer, architecture }] : [];
  });
  const own: number[] = [];
  const theirs = new Map(asked.map(({ peer }) => [peer, [] as number[]]));
  const parameters = new Map<PeerName, number>();
  const trainer = startSteps(model, batch);
  for (let round = 0; round < 3; round++) {
    own.push(await medianOf(trainer.step, seconds / 3));
    for (const { peer, architecture } of asked) {
      const answer = await peers[peer].ask({
        architecture,
        data: setting.name,
        shape,
        batch: setting.batch,
        classes: setting.classes,
        units: setting.units,
        hidden: setting.hidden,
        experts: EXPERTS,
        threads: 1,
        seconds: seconds / 3,
      });
      theirs.get(peer)!.push(answer.ms);
      parameters.set(peer, answer.parameters);
    }
  }
  trainer.dispose();
  const ms = median(own);
  const figures = asked.map(({ peer }) => {
    const peerMs = median(theirs.get(peer)!);
    return [peer, { ms: peerMs, parameters: parameters.get(peer)!, ratio: peerMs / ms }] as const;
  });
  return { ms, peers: Object.fromEntries(figures) };
}

/** Training steps as `fit` makes them. */
function startSteps(model: MultiTaskModel, batch: Batch) {
  const optimizer = optimizers.adam({ learningRate: 1e-4 });
  const running = optimizer.start(model.namedVariables());
  const balancer = equalWeights();
  const random = new Random(1);
  return {
    async step() {
      const { gradients, losses } = await computeStep(model, batch, balancer, random);
      running.apply(gradients, optimizer.learningRate);
      tf.dispose([...gradients.values()]);
      if (!Object.values(losses).every(Number.isFinite)) {
        throw new Error("The loss is not a number: the timing means nothing.");
      }
    },
    dispose: () => running.dispose(),
  };
}

async function predict(
  model: MultiTaskModel,
  inputs: Readonly<Record<string, tf.Tensor>>,
): Promise<void> {
  const outputs = model.outputs(inputs);
  for (const output of Object.values<tf.Tensor>(outputs)) await output.data();
  tf.dispose(outputs);
}
