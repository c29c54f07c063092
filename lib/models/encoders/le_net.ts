import { activation, conv2d, dense, flatten, maxPool } from "../layers/mod.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode leNet}. */
export interface LeNetOptions {
  /** Units of the last, fully connected layer. Default 50. */
  readonly units?: number;
}

/**
 * The LeNet that the MultiMNIST experiments use (Sener and Koltun 2018): 5 x 5 convolution with 10
 * filters, pool, 5 x 5 convolution with 20 filters, pool, dense. `[batch, 36, 36, 1]` (or other
 * sides from 16) to `[batch, units]`. Each ReLU comes after its pooling, which gives the same
 * numbers as before it for a quarter of the work.
 */
export function leNet(options: LeNetOptions = {}): Encoder {
  const { units = 50 } = options;
  const relu = activation({ activation: "relu" });
  return encoder("LeNet", [
    { name: "conv 1", layers: [conv2d({ filters: 10, kernel: 5 }), maxPool(), relu] },
    { name: "conv 2", layers: [conv2d({ filters: 20, kernel: 5 }), maxPool(), relu] },
    { name: "dense", layers: [flatten(), dense({ units, activation: "relu" })] },
  ]);
}
