import type { Random } from "../../math/random.ts";
import { glyphs, type Stroke } from "./_glyphs.ts";
import { SIDE } from "./_idx_images.ts";

/** Drawn digits and the factors that each was drawn from. */
export interface DrawnDigits {
  /** `[rows, 28, 28]`, ink 255 on paper 0. */
  readonly images: Uint8Array;
  /** 0 to 9. */
  readonly digit: Int32Array;
  /** Lean to the right in radians, -0.35 to 0.45. */
  readonly slant: Float32Array;
  /** Width of the pen in pixels, 1.4 to 3.8. */
  readonly thickness: Float32Array;
  /** Height of the digit in pixels, 15 to 21. */
  readonly size: Float32Array;
}

type Point = [number, number];

const SLANT = { from: -0.35, to: 0.45 };
const THICKNESS = { from: 1.4, to: 3.8 };
const SIZE = { from: 15, to: 21 };
const WIDTH_OF_HEIGHT = { from: 0.65, to: 1 };
const TURN = 0.1;
const SHIFT = 1.5;
const TREMOR = 0.035;
const PIECES_OF_A_SPAN = 6;

/** Draws `count` digits, each with its own factors and a hand's tremor, from one random stream. */
export function drawDigits(count: number, random: Random): DrawnDigits {
  const drawn: DrawnDigits = {
    images: new Uint8Array(count * SIDE * SIDE),
    digit: new Int32Array(count),
    slant: new Float32Array(count),
    thickness: new Float32Array(count),
    size: new Float32Array(count),
  };
  for (let row = 0; row < count; row++) {
    const digit = random.integer(10);
    const slant = between(random, SLANT);
    const thickness = between(random, THICKNESS);
    const size = between(random, SIZE);
    const place = placement(slant, size, random);
    const image = drawn.images.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE);
    const ways = glyphs[digit];
    for (const stroke of ways[random.integer(ways.length)]) {
      const line = trace(stroke, random).map(place);
      for (let at = 1; at < line.length; at++) ink(image, line[at - 1], line[at], thickness / 2);
    }
    drawn.digit[row] = digit;
    drawn.slant[row] = slant;
    drawn.thickness[row] = thickness;
    drawn.size[row] = size;
  }
  return drawn;
}

function between(random: Random, { from, to }: { from: number; to: number }): number {
  return from + (to - from) * random.uniform();
}

/** From the unit box of the glyph to pixels: size, slant, a slight turn and shift. */
function placement(slant: number, height: number, random: Random): (point: Point) => Point {
  const width = height * between(random, WIDTH_OF_HEIGHT);
  const turn = TURN * (2 * random.uniform() - 1);
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const centreX = SIDE / 2 + SHIFT * (2 * random.uniform() - 1);
  const centreY = SIDE / 2 + SHIFT * (2 * random.uniform() - 1);
  const lean = Math.tan(slant);
  return ([unitX, unitY]) => {
    const y = (unitY - 0.5) * height;
    const x = (unitX - 0.5) * width - lean * y;
    return [centreX + cosine * x - sine * y, centreY + sine * x + cosine * y];
  };
}

/** The points of a stroke after the tremor, close enough together to be joined by lines. */
function trace({ points, curved }: Stroke, random: Random): Point[] {
  const shaken = points.map(([x, y]): Point => [
    x + TREMOR * random.normal(),
    y + TREMOR * random.normal(),
  ]);
  return curved ? smooth(shaken) : shaken;
}

/** Points on the Catmull-Rom curve through the given ones. */
function smooth(points: readonly Point[]): Point[] {
  const last = points.length - 1;
  const line: Point[] = [points[0]];
  for (let span = 0; span < last; span++) {
    const [before, from, to, after] = [
      points[Math.max(0, span - 1)],
      points[span],
      points[span + 1],
      points[Math.min(last, span + 2)],
    ];
    for (let piece = 1; piece <= PIECES_OF_A_SPAN; piece++) {
      const t = piece / PIECES_OF_A_SPAN;
      line.push([0, 1].map((axis) => {
        const [p0, p1, p2, p3] = [before[axis], from[axis], to[axis], after[axis]];
        return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t ** 2 +
          (3 * p1 - p0 - 3 * p2 + p3) * t ** 3);
      }) as Point);
    }
  }
  return line;
}

/** Draws one piece of line with round ends; edges fade over a pixel. */
function ink(image: Uint8Array, [x0, y0]: Point, [x1, y1]: Point, radius: number): void {
  const reach = radius + 1;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(SIDE - 1, Math.ceil(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(SIDE - 1, Math.ceil(Math.max(y0, y1) + reach));
  const [alongX, alongY] = [x1 - x0, y1 - y0];
  const lengthSquared = alongX * alongX + alongY * alongY || 1;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const t = Math.min(1, Math.max(0, (x * alongX + y * alongY) / lengthSquared));
      const distance = Math.sqrt((x - t * alongX) ** 2 + (y - t * alongY) ** 2);
      const shade = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
      const at = row * SIDE + column;
      if (shade > image[at]) image[at] = shade;
    }
  }
}
