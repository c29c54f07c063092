import * as tf from "@tensorflow/tfjs";

/** The parts of the engine that keep what gradients need. */
interface SavingEngine {
  readonly state: { readonly gradientDepth: number };
  readonly backend: { incRef(id: object): void };
  saveTensorsForBackwardMode(tensors: tf.Tensor[]): tf.Tensor[];
  makeTensorFromTensorInfo(info: tf.TensorInfo): tf.Tensor;
  keep(tensor: tf.Tensor): tf.Tensor;
}

/** Backends whose tensors may share their values by counting owners. */
const sharing = new Set(["wasm", "cpu"]);

/**
 * Keeps tensors for a gradient without an operation for each. TensorFlow.js runs Identity and records
 * it on the tape; only a gradient of a gradient looks at those records. There they stay.
 */
export function repairSavedTensors(): void {
  const engine = tf.engine() as unknown as SavingEngine;
  const upstream = engine.saveTensorsForBackwardMode;
  engine.saveTensorsForBackwardMode = (tensors) => {
    if (engine.state.gradientDepth !== 1 || !sharing.has(tf.getBackend())) {
      return upstream.call(engine, tensors);
    }
    return tensors.map((tensor) => {
      const { dataId, shape, dtype } = tensor;
      if (dtype !== "float32" && dtype !== "int32") {
        return upstream.call(engine, [tensor])[0];
      }
      engine.backend.incRef(dataId);
      return engine.keep(engine.makeTensorFromTensorInfo({ dataId, shape, dtype }));
    });
  };
}
