import { activation, conv2d, dense, flatten, maxPool } from "../layers/mod.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode smallCnn}. */
export interface SmallCnnOptions {
  /** Filters of each 3 x 3 convolution; each is followed by a pooling by 2. Default `[16, 32]`. */
  readonly filters?: readonly number[];
  /** Units of the last, fully connected ReLU layer. Default 64. */
  readonly units?: number;
}

/** 3 x 3 convolutions with pooling, then a dense layer: `[batch, height, width, channels]` to `[batch, units]`. */
export function smallCnn(options: SmallCnnOptions = {}): Encoder {
  const { filters = [16, 32], units = 64 } = options;
  const relu = activation({ activation: "relu" });
  return encoder("small CNN", [
    ...filters.map((count, at) => ({
      name: `conv ${at + 1}`,
      layers: [conv2d({ filters: count, kernel: 3, padding: "same" }), maxPool(), relu],
    })),
    { name: "dense", layers: [flatten(), dense({ units, activation: "relu" })] },
  ]);
}
