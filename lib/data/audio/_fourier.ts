/**
 * Power spectra of real frames of `size` samples (a power of two), in float64: an in-place
 * radix-2 Fourier transform (Cooley and Tukey 1965) with its factors made once.
 */
export class PowerSpectrum {
  readonly #size: number;
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  readonly #reversed: Uint32Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#cosine = Float64Array.from(
      { length: size / 2 },
      (_, k) => Math.cos(2 * Math.PI * k / size),
    );
    this.#sine = Float64Array.from(
      { length: size / 2 },
      (_, k) => Math.sin(2 * Math.PI * k / size),
    );
    const bits = Math.log2(size);
    this.#reversed = Uint32Array.from({ length: size }, (_, index) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
      return reversed;
    });
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
  }

  /** Writes |X_k|^2 for k from 0 to `size / 2` of the windowed frame at `start` into `power`. */
  compute(samples: Float64Array, start: number, window: Float64Array, power: Float64Array): void {
    const [real, imaginary, size] = [this.#real, this.#imaginary, this.#size];
    for (let index = 0; index < size; index++) {
      const from = this.#reversed[index];
      real[index] = samples[start + from] * window[from];
      imaginary[index] = 0;
    }
    for (let half = 1; half < size; half *= 2) this.#combine(half);
    for (let k = 0; k <= size / 2; k++) {
      power[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
    }
  }

  #combine(half: number): void {
    const [real, imaginary, size] = [this.#real, this.#imaginary, this.#size];
    const step = size / (2 * half);
    for (let block = 0; block < size; block += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [cosine, sine] = [this.#cosine[k * step], this.#sine[k * step]];
        const even = block + k;
        const odd = even + half;
        const oddReal = real[odd] * cosine + imaginary[odd] * sine;
        const oddImaginary = imaginary[odd] * cosine - real[odd] * sine;
        real[odd] = real[even] - oddReal;
        imaginary[odd] = imaginary[even] - oddImaginary;
        real[even] += oddReal;
        imaginary[even] += oddImaginary;
      }
    }
  }
}
