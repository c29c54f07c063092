import { deepStrictEqual, notDeepStrictEqual, strictEqual, throws } from "node:assert/strict";
import * as tf from "@tensorflow/tfjs";
import {
  binary,
  encoders,
  fit,
  graphArchitecture,
  type GraphBuilder,
  MultiTaskModel,
  optimizers,
  readMixing,
} from "polytask";
import { testOnBackends, testOnCpu } from "../_backends.ts";
import { near } from "../_numbers.ts";
import { twoTasks } from "../_two_tasks.ts";
import { classification, regression } from "polytask";

const encoder = encoders.mlp({ units: [3] });

function modelOf(build: (graph: GraphBuilder) => void) {
  return new MultiTaskModel(
    graphArchitecture({ name: "under test", trunk: { encoder }, build }),
    [classification("side", { classes: 2 }), regression("height")],
    4,
  );
}

/** Two heads on one stage, which is scaled by a gate with the given weights. */
function gated(weights: tf.Tensor1D) {
  return modelOf((graph) => {
    const [stage] = graph.stages(encoder.stages, graph.source);
    const gate = graph.part({
      name: "gate",
      from: [stage, stage],
      build: () => ({
        shape: stage.shape,
        apply: ([first, second]) =>
          tf.tidy(() => first.mul(weights.slice(0, 1)).add(second.mul(weights.slice(1, 1)))),
        mixing: { of: [stage.id, "the same"], weights: () => weights.clone() },
      }),
    });
    for (const task of graph.tasks) graph.head(task, gate);
  }).build({ inputs: { point: [2] } });
}

testOnBackends("the weights of gates are read with their names", async () => {
  const weights = tf.tensor1d([0.25, 0.75]);
  const model = gated(weights);
  const point = tf.ones([4, 2]);
  deepStrictEqual(await readMixing(model, { point }), [{
    part: "shared/gate",
    label: "gate",
    owner: "shared",
    of: ["dense 1", "the same"],
    owners: ["shared", ""],
    weights: [0.25, 0.75],
    spread: [0, 0],
  }]);
  tf.dispose([weights, point]);
  model.dispose();
});

testOnCpu(
  "a variable may learn at a rate of its own, and state is kept out of training",
  async () => {
    const steps = async (learningRateFactor: number) => {
      const model = modelOf((graph) => {
        const scaled = graph.part({
          name: "scale",
          from: [graph.source],
          build(scope) {
            const factor = scope.variable("factor", [2], { kind: "ones" }, { learningRateFactor });
            const state = scope.state("seen", [1], { kind: "zeros" });
            return {
              shape: [2],
              apply: ([x], { training }) =>
                tf.tidy(() => {
                  if (training) state.assign(state.add(1));
                  return x.mul(factor);
                }),
            };
          },
        });
        for (const task of graph.tasks) graph.head(task, scaled);
      });
      await fit(model, twoTasks({ size: 8 }), {
        epochs: 1,
        batchSize: 8,
        optimizer: optimizers.sgd({ learningRate: 0.01 }),
        observer: false,
      });
      const named = new Map(model.namedVariables().map(({ name, variable }) => [name, variable]));
      const factor = Array.from(await named.get("shared/scale/factor")!.data());
      const seen = Array.from(await named.get("shared/scale/seen")!.data());
      strictEqual(model.sharedVariables().length, 1);
      strictEqual(model.parameterCounts().shared, 2);
      model.dispose();
      return { change: factor.map((value) => value - 1), seen };
    };
    const [slow, fast] = [await steps(1), await steps(10)];
    deepStrictEqual(slow.seen, [1]);
    notDeepStrictEqual(slow.change, [0, 0]);
    near(fast.change, slow.change.map((value) => 10 * value), 1e-4);
  },
);

testOnBackends("fit adds the penalty to the losses", async () => {
  // The penalty pulls the head's bias to 5; the losses alone would not.
  const train = async (strength: number) => {
    const model = modelOf((graph) => {
      const [stage] = graph.stages(encoder.stages, graph.source);
      for (const task of graph.tasks) graph.head(task, stage);
      const bias = () =>
        graph.scope("height").variables.find(({ name }) => name.endsWith("head/bias"))!.variable;
      if (strength > 0) {
        graph.penalty(() => tf.tidy(() => bias().sub(5).square().sum().mul(strength) as tf.Scalar));
      }
    });
    await fit(model, twoTasks({ size: 8 }), {
      epochs: 40,
      batchSize: 8,
      optimizer: optimizers.sgd({ learningRate: 0.01 }),
      observer: false,
    });
    const [, bias] = model.taskVariables("height");
    const [value] = Array.from(await bias.data());
    model.dispose();
    return value;
  };
  const [free, tied] = [await train(0), await train(20)];
  strictEqual(free < 2 && tied > 4, true, `${free}, ${tied}`);
});

testOnCpu("the progress of training is told to every part", async () => {
  const seen: (number | undefined)[] = [];
  const model = modelOf((graph) => {
    const watched = graph.part({
      name: "watch",
      from: [graph.source],
      build: () => ({
        shape: graph.source.shape,
        apply([x], { progress }) {
          seen.push(progress);
          return x.clone();
        },
      }),
    });
    for (const task of graph.tasks) graph.head(task, watched);
  });
  await fit(model, twoTasks({ size: 8 }), { epochs: 2, batchSize: 4, observer: false });
  deepStrictEqual(seen, [0, 0.25, 0.5, 0.75]);
  model.dispose();
});

testOnCpu("graphs that are not whole are refused", () => {
  throws(
    () => modelOf(() => {}).build({ inputs: { x: [2] } }),
    /no output for the task "side"/,
  );
  const twice = modelOf((graph) => {
    graph.stage(encoder.stages[0], graph.source, { name: "a" });
    graph.stage({ ...encoder.stages[0], layers: [] }, graph.source, { name: "a" });
  });
  throws(() => twice.build({ inputs: { x: [2] } }), /two parts called "shared\/a\/dense 1"/);
  strictEqual(tf.memory().numTensors, 0);
});

testOnCpu("an architecture without parts has no graph and mixes nothing", async () => {
  const plain = new MultiTaskModel({
    name: "plain",
    configuration: {},
    build: () => ({ parts: [], forward: () => ({ outputs: {} }) }),
  }, [binary("a")]).build({ inputs: { x: [1] } });
  strictEqual(plain.graph(), undefined);
  deepStrictEqual(await readMixing(plain, {}), []);
  plain.dispose();
});
