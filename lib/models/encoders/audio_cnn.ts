import { activation, conv1d, dense, globalAveragePool, maxPool } from "../layers/mod.ts";
import { type Encoder, encoder } from "./encoder.ts";

/** Settings of {@linkcode audioCnn}. */
export interface AudioCnnOptions {
  /** Filters of each convolution over 5 frames; each is followed by a pooling by 2. Default `[32, 64]`. */
  readonly filters?: readonly number[];
  /** Units of the last, fully connected ReLU layer. Default 64. */
  readonly units?: number;
}

/** Convolutions over time for log-mel features: `[batch, frames, bands]` to `[batch, units]`. */
export function audioCnn(options: AudioCnnOptions = {}): Encoder {
  const { filters = [32, 64], units = 64 } = options;
  const relu = activation({ activation: "relu" });
  return encoder("audio CNN", [
    ...filters.map((count, at) => ({
      name: `conv ${at + 1}`,
      layers: [conv1d({ filters: count, kernel: 5 }), maxPool(), relu],
    })),
    { name: "dense", layers: [globalAveragePool(), dense({ units, activation: "relu" })] },
  ]);
}
