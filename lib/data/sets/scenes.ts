import { Random } from "../../math/random.ts";
import { MultiTaskDataset } from "../dataset.ts";
import { checkSize, type Parts, type PartSizes } from "./_parts.ts";

/** The targets of {@linkcode scenes}. */
export type SceneTarget = "shape" | "box" | "segmentation" | "depth";

/** Names of the classes of `segmentation`; those of `shape` are the last three. */
export const sceneClasses: readonly string[] = ["background", "disc", "square", "triangle"];

const SIDE = 32;
const MOST = 200_000;
const MOST_SHAPES = 3;
const RADIUS = { from: 4, to: 9 };
/** Distance of the background; shapes are nearer. */
const FAR = 1;
const NEAREST = 0.1;
const NOISE = 0.05;

interface Shape {
  readonly kind: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly depth: number;
  readonly shade: number;
}

/**
 * Small scenes with everything known: up to three shapes that cover each other. Generated: no
 * download; the same seed gives the same scenes.
 *
 * Records: `train` (default 2,000), `validation` (200), `test` (400). Input `image` `[32, 32, 1]`,
 * about 0 to 1: a sloping grey background, shapes in shades of their own that are darker the farther
 * they are away, noise of deviation 0.05. Targets, for the nearest shape: `shape` (3 classes: disc,
 * square, triangle) and `box` `[4]` (left, top, right, bottom as parts of the side, 0 to 1); for
 * every pixel: `segmentation` `[32, 32]` (4 classes, 0 background) and `depth` `[32, 32, 1]` (0.1
 * near to 1 background).
 *
 * Known trap: a shape that is not the nearest may be wholly hidden; it then appears in no target.
 */
export function scenes(options: PartSizes = {}): Parts<"image", SceneTarget> {
  const { train = 2_000, validation = 200, test = 400, seed = 0 } = options;
  const part = (name: string, size: number) => {
    checkSize("Scenes", name, size, MOST);
    return drawScenes(name, size, Random.stream(seed, `scenes, ${name}`));
  };
  return {
    train: part("train", train),
    validation: part("validation", validation),
    test: part("test", test),
  };
}

function drawScenes(
  name: string,
  size: number,
  random: Random,
): MultiTaskDataset<"image", SceneTarget> {
  const pixels = SIDE * SIDE;
  const image = new Float32Array(size * pixels);
  const segmentation = new Int32Array(size * pixels);
  const depth = new Float32Array(size * pixels).fill(FAR);
  const shape = new Int32Array(size);
  const box = new Float32Array(size * 4);
  for (let row = 0; row < size; row++) {
    const at = (place: number) => row * pixels + place;
    const [start, slopeX, slopeY] = [0.3, 0.2, 0.2].map((most) => most * random.uniform());
    for (let place = 0; place < pixels; place++) {
      const [x, y] = [place % SIDE, Math.floor(place / SIDE)];
      image[at(place)] = start + (slopeX * x + slopeY * y) / SIDE;
    }
    const shapes = drawShapes(random);
    for (const each of shapes) {
      const light = 1 - 0.5 * each.depth;
      for (let place = 0; place < pixels; place++) {
        if (!covers(each, place % SIDE + 0.5, Math.floor(place / SIDE) + 0.5)) continue;
        image[at(place)] = each.shade * light;
        segmentation[at(place)] = each.kind;
        depth[at(place)] = each.depth;
      }
    }
    const nearest = shapes[shapes.length - 1];
    shape[row] = nearest.kind - 1;
    box.set(boxOf(nearest), row * 4);
    for (let place = 0; place < pixels; place++) image[at(place)] += NOISE * random.normal();
  }
  return MultiTaskDataset.from({
    inputs: { image: { values: image, shape: [SIDE, SIDE, 1] } },
    targets: {
      shape: { values: shape, shape: [], labels: sceneClasses.slice(1) },
      box: { values: box, shape: [4] },
      segmentation: { values: segmentation, shape: [SIDE, SIDE], labels: sceneClasses },
      depth: { values: depth, shape: [SIDE, SIDE, 1] },
    },
    name: `scenes ${name}`,
    description:
      "Generated: shapes that cover each other, with class, box, segmentation and depth.",
    origin: "generated",
  });
}

/** One to three shapes, the farthest first; all lie within the image. */
function drawShapes(random: Random): Shape[] {
  const count = 1 + random.integer(MOST_SHAPES);
  const shapes = Array.from({ length: count }, (): Shape => {
    const radius = RADIUS.from + (RADIUS.to - RADIUS.from) * random.uniform();
    const within = () => radius + (SIDE - 2 * radius) * random.uniform();
    return {
      kind: 1 + random.integer(sceneClasses.length - 1),
      x: within(),
      y: within(),
      radius,
      depth: NEAREST + (0.9 - NEAREST) * random.uniform(),
      shade: 0.7 + 0.5 * random.uniform(),
    };
  });
  return shapes.sort((one, other) => other.depth - one.depth);
}

function covers({ kind, x, y, radius }: Shape, atX: number, atY: number): boolean {
  const [dx, dy] = [atX - x, atY - y];
  if (kind === 1) return dx * dx + dy * dy <= radius * radius;
  if (Math.abs(dx) > radius || Math.abs(dy) > radius) return false;
  // The triangle points up: at the height dy it is (dy + radius) wide.
  return kind === 2 || 2 * Math.abs(dx) <= dy + radius;
}

function boxOf({ x, y, radius }: Shape): number[] {
  return [x - radius, y - radius, x + radius, y + radius].map((edge) => edge / SIDE);
}
