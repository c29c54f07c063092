import type { Random } from "../../math/random.ts";
import type { CifarImages } from "../formats/cifar.ts";

const SIDE = 32;
const CHANNELS = 3;
const NOISE = 0.06;
const SHIFT = 3;
const RADIUS = { from: 8, to: 12 };
const DARK = { from: 0, to: 0.45 };
const BRIGHT = { from: 0.5, to: 1 };

/** Whether a point, in units of the radius from the middle of the shape, belongs to the shape. */
type Shape = (x: number, y: number) => boolean;

const within = (x: number, y: number, side: number) => Math.max(Math.abs(x), Math.abs(y)) <= side;

/** The ten shapes, in the order of their classes. */
const shapes: Readonly<Record<string, Shape>> = {
  disc: (x, y) => Math.hypot(x, y) <= 1,
  ring: (x, y) => Math.hypot(x, y) <= 1 && Math.hypot(x, y) >= 0.6,
  square: (x, y) => within(x, y, 0.85),
  frame: (x, y) => within(x, y, 0.9) && !within(x, y, 0.5),
  "triangle up": (x, y) => y <= 0.8 && y >= 2 * Math.abs(x) - 0.9,
  "triangle down": (x, y) => y >= -0.8 && -y >= 2 * Math.abs(x) - 0.9,
  cross: (x, y) => within(x, y, 1) && Math.min(Math.abs(x), Math.abs(y)) <= 0.28,
  "diagonal cross": (x, y) => within(x, y, 0.9) && Math.abs(Math.abs(x) - Math.abs(y)) <= 0.35,
  "level bars": (x, y) => within(x, y, 1) && Math.floor((y + 1) * 2.5) % 2 === 0,
  "upright bars": (x, y) => within(x, y, 1) && Math.floor((x + 1) * 2.5) % 2 === 0,
};

/** Names of the shapes by class. */
export const drawnShapes: readonly string[] = Object.keys(shapes);

/**
 * Draws `count` bright shapes on dark grounds, `[rows, 32, 32, 3]`. Both colours are random, so that
 * only the shape tells the class.
 */
export function drawObjects(count: number, random: Random): CifarImages {
  const images = new Uint8Array(count * SIDE * SIDE * CHANNELS);
  const labels = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    labels[row] = random.integer(drawnShapes.length);
    const image = images.subarray(row * SIDE * SIDE * CHANNELS, (row + 1) * SIDE * SIDE * CHANNELS);
    paint(image, shapes[drawnShapes[labels[row]]], random);
  }
  return { rows: count, images, labels };
}

function paint(image: Uint8Array, shape: Shape, random: Random): void {
  const between = ({ from, to }: { from: number; to: number }) =>
    from + (to - from) * random.uniform();
  const colour = (range: { from: number; to: number }) =>
    Array.from({ length: CHANNELS }, () => between(range));
  const [ground, paintColour] = [colour(DARK), colour(BRIGHT)];
  const radius = between(RADIUS);
  const [right, down] = [0, 1].map(() => SIDE / 2 + SHIFT * (2 * random.uniform() - 1));
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const inside = shape((x + 0.5 - right) / radius, (y + 0.5 - down) / radius);
      for (let channel = 0; channel < CHANNELS; channel++) {
        const light = (inside ? paintColour : ground)[channel] + NOISE * random.normal();
        image[(y * SIDE + x) * CHANNELS + channel] = Math.round(
          255 * Math.min(1, Math.max(0, light)),
        );
      }
    }
  }
}
