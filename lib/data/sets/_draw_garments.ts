import type { Random } from "../../math/random.ts";
import { type LabelledImages, SIDE } from "./_idx_images.ts";

type Point = readonly [number, number];

/** Outlines of the ten garments on a field of 28 x 28, in the order of the Fashion-MNIST classes. */
const outlines: readonly (readonly Point[])[] = [
  // T-shirt/top
  [[9, 4], [19, 4], [25, 9], [22, 13], [19, 11], [19, 24], [9, 24], [9, 11], [6, 13], [3, 9]],
  // trouser
  [[9, 3], [19, 3], [20, 25], [15, 25], [14, 9], [13, 25], [8, 25]],
  // pullover
  [[10, 4], [18, 4], [23, 8], [25, 22], [21, 23], [19, 12], [19, 24], [9, 24], [9, 12], [7, 23], [
    3,
    22,
  ], [5, 8]],
  // dress
  [[11, 3], [17, 3], [17, 11], [21, 25], [7, 25], [11, 11]],
  // coat
  [[10, 3], [13, 3], [14, 25], [15, 3], [18, 3], [23, 7], [25, 24], [20, 25], [8, 25], [3, 24], [
    5,
    7,
  ]],
  // sandal
  [
    [3, 19],
    [9, 18],
    [13, 13],
    [15, 14],
    [12, 19],
    [19, 18],
    [21, 12],
    [23, 12],
    [25, 20],
    [25, 22],
    [
      3,
      22,
    ],
  ],
  // shirt
  [
    [11, 3],
    [14, 6],
    [17, 3],
    [23, 7],
    [23, 20],
    [20, 20],
    [19, 10],
    [19, 25],
    [9, 25],
    [9, 10],
    [
      8,
      20,
    ],
    [5, 20],
    [5, 7],
  ],
  // sneaker
  [[2, 15], [8, 15], [14, 10], [19, 11], [25, 13], [26, 20], [2, 20]],
  // bag
  [[4, 11], [9, 11], [10, 6], [18, 6], [19, 11], [24, 11], [25, 24], [3, 24]],
  // ankle boot
  [[12, 4], [22, 4], [23, 15], [26, 23], [3, 23], [3, 18], [11, 14]],
];

const TREMOR = 0.8;
const SHIFT = 1.2;
const NOISE = 0.12;
const STRIPES = 0.25;

/** Draws `count` garments as filled outlines of a random tone, shaken, shifted and striped. */
export function drawGarments(count: number, random: Random): LabelledImages {
  const images = new Uint8Array(count * SIDE * SIDE);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    labels[row] = random.integer(outlines.length);
    const image = images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
    fill(image, shaken(outlines[labels[row]], random), random);
  }
  return { images, labels };
}

function shaken(outline: readonly Point[], random: Random): Point[] {
  const scale = 0.85 + 0.3 * random.uniform();
  const stretch = 0.9 + 0.2 * random.uniform();
  const [right, down] = [SHIFT * random.normal(), SHIFT * random.normal()];
  const middle = SIDE / 2;
  return outline.map(([x, y]) => [
    middle + (x - middle) * scale * stretch + right + TREMOR * random.normal(),
    middle + (y - middle) * scale + down + TREMOR * random.normal(),
  ]);
}

function fill(image: Uint8Array, outline: readonly Point[], random: Random): void {
  const tone = 0.35 + 0.6 * random.uniform();
  const stripe = STRIPES * random.uniform();
  const period = 2 + random.integer(5);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (!inside(outline, x + 0.5, y + 0.5)) continue;
      const shade = tone - (y % period === 0 ? stripe : 0) + NOISE * random.normal();
      image[y * SIDE + x] = Math.round(255 * Math.min(1, Math.max(0.05, shade)));
    }
  }
}

/** Whether a ray from the point to the right crosses the outline an odd number of times. */
function inside(outline: readonly Point[], x: number, y: number): boolean {
  let crossings = 0;
  outline.forEach(([x1, y1], at) => {
    const [x2, y2] = outline[(at + 1) % outline.length];
    if ((y1 > y) === (y2 > y)) return;
    if (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)) crossings++;
  });
  return crossings % 2 === 1;
}
