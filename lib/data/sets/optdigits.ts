import { MultiTaskDataset } from "../dataset.ts";
import { type DataOptions, readDataFile } from "../fetch.ts";
import { TextTable } from "../formats/_csv.ts";

/** The targets of {@linkcode optdigits}. */
export type OptdigitsTarget = "digit" | "loop" | "ink";

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const DEPTH = 16;
/** Digits with a closed loop, as they are mostly written. */
const LOOPS = [0, 6, 8, 9];

/**
 * Optdigits: small images of handwritten digits.
 *
 * Records: 3,823 training images by 30 writers and 1,797 test images by 13 others. Input `image`
 * `[8, 8, 1]`, ink 1 on paper 0 (counts from 0 to 16 divided by 16). Targets: `digit` (10 classes),
 * `loop` (1 for 0, 6, 8 and 9, made here) and `ink` (mean of the pixels, made here).
 *
 * Licence: CC BY 4.0 (UCI). Cite: E. Alpaydin, C. Kaynak. Optical Recognition of Handwritten
 * Digits. UCI, 1998. doi:10.24432/C50P49.
 *
 * Known traps: scikit-learn's `load_digits` is only the test part; `loop` follows from `digit` and
 * `ink` from the image.
 *
 * @param options Where to look for the files.
 * @throws {DataUnavailableError} When the files cannot be had.
 */
export async function optdigits(options: DataOptions = {}): Promise<{
  readonly train: MultiTaskDataset<"image", OptdigitsTarget>;
  readonly test: MultiTaskDataset<"image", OptdigitsTarget>;
}> {
  const part = async (name: string, key: string) => {
    const columns = Array.from({ length: PIXELS + 1 }, (_, at) => at < PIXELS ? `${at}` : "digit");
    const table = TextTable.parse(await readDataFile(key, options), { file: key, columns });
    const values = new Uint8Array(table.rows * PIXELS);
    const ink = new Float32Array(table.rows);
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      table.numbers(`${pixel}`).forEach((value, row) => {
        values[row * PIXELS + pixel] = value;
        ink[row] += value / DEPTH / PIXELS;
      });
    }
    const digit = table.codes("digit", Array.from({ length: 10 }, (_, digit) => `${digit}`));
    return MultiTaskDataset.from({
      inputs: { image: { values, shape: [SIDE, SIDE, 1], scale: 1 / DEPTH } },
      targets: {
        digit: { values: digit, shape: [] },
        loop: { values: Float32Array.from(digit, (at) => LOOPS.includes(at) ? 1 : 0), shape: [] },
        ink: { values: ink, shape: [] },
      },
      name: `Optdigits ${name}`,
      description: "Optdigits: handwritten digits, 8 x 8 pixels (Alpaydin and Kaynak 1998).",
    });
  };
  const [train, test] = await Promise.all([
    part("train", "optdigits/optdigits.tra"),
    part("test", "optdigits/optdigits.tes"),
  ]);
  return { train, test };
}
