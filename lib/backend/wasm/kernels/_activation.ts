import type { TensorInfo } from "@tensorflow/tfjs";
import * as tf from "@tensorflow/tfjs";
import { broadcastOffset } from "../_broadcast.ts";
import { size } from "../register.ts";
import type { Runtime } from "../runtime.ts";

/** Activations that TensorFlow.js fuses into products and convolutions. */
export type Activation = "linear" | "relu" | "relu6" | "elu" | "sigmoid" | "leakyrelu" | "prelu";

/** What follows the product in a fused kernel. */
export interface Ending {
  readonly bias?: TensorInfo;
  readonly activation?: Activation;
  readonly leakyreluAlpha?: number;
  readonly preluActivationWeights?: TensorInfo;
}

const inPlace: Partial<Record<Activation, number>> = { linear: 0, relu: 1, relu6: 2 };

const kernelOf: Partial<Record<Activation, string>> = {
  elu: "Elu",
  sigmoid: "Sigmoid",
  leakyrelu: "LeakyRelu",
  prelu: "Prelu",
};

/** Adds the bias along the last axis and applies the activation; takes over `product`. */
export function finish(runtime: Runtime, product: TensorInfo, ending: Ending): TensorInfo {
  const { bias, activation = "linear" } = ending;
  const code = inPlace[activation];
  const columns = product.shape[product.shape.length - 1] ?? 1;
  const rows = columns === 0 ? 0 : size(product.shape) / columns;
  const along = bias && size(bias.shape) === columns ? runtime.pointer(bias) : 0;
  if (bias && !along) addBroadcast(runtime, product, bias);
  if (rows > 0 && (along || code)) {
    const plan = runtime.plan({ items: rows, work: 4 * rows * columns });
    const values = runtime.pointer(product);
    runtime.run("addBias", plan, (part) => [
      part.at(values, 4 * columns),
      part.at(values, 4 * columns),
      part.length(),
      columns,
      along,
      code ?? 0,
    ]);
  }
  if (code !== undefined) return product;
  const kernel = kernelOf[activation];
  const config = kernel && tf.getKernel(kernel, "wasm");
  if (!config) throw new Error(`The wasm backend cannot fuse the activation ${activation}.`);
  const inputs: Record<string, TensorInfo> = { x: product };
  if (ending.preluActivationWeights) inputs.alpha = ending.preluActivationWeights;
  const attrs = { alpha: ending.leakyreluAlpha ?? 0.2 };
  const activated = config.kernelFunc({ inputs, attrs, backend: tf.backend() }) as TensorInfo;
  runtime.release(product);
  return activated;
}

/** product += bias, for a bias that is one number or broadcasts in any other way. */
function addBroadcast(runtime: Runtime, product: TensorInfo, bias: TensorInfo): void {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(product.shape, bias.shape);
  if (size(shape) !== size(product.shape)) {
    throw new Error(`A bias [${bias.shape}] does not fit a product [${product.shape}].`);
  }
  const sums = runtime.values(product);
  const terms = runtime.values(bias);
  const offset = broadcastOffset(bias.shape, product.shape);
  for (let index = 0; index < sums.length; index++) sums[index] += terms[offset(index)];
}
