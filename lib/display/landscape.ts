import { requireEqualLengths } from "./_check.ts";
import { Chart, type ChartOptions } from "./chart.ts";
import { axis, type AxisLike, type Field, type Mark, type Panel } from "./figure.ts";
import { formatNumber } from "./_numbers.ts";

/** The way that a method takes over a landscape. */
export interface LandscapePath {
  /** Name in the legend. */
  readonly name: string;
  /** First number of every step. */
  readonly x: ArrayLike<number>;
  /** Second number of every step. */
  readonly y: ArrayLike<number>;
}

/** Settings of {@linkcode landscape}. */
export interface LandscapeOptions extends ChartOptions {
  /** Horizontal and vertical axis; their ranges are needed. */
  readonly x: AxisLike;
  /** What the vertical axis is. */
  readonly y: AxisLike;
  /** From and to, of the horizontal axis. */
  readonly xRange: readonly [number, number];
  /** From and to, of the vertical axis. */
  readonly yRange: readonly [number, number];
  /** What the height is: `"mean loss"`. */
  readonly height: string;
  /** The height at a place; what is not finite stays empty. */
  readonly at: (x: number, y: number) => number;
  /** Places of the grid along each axis. Default 61. */
  readonly resolution?: number;
  /** Ways over it; each starts at a small symbol and ends at a large one. */
  readonly paths?: readonly LandscapePath[];
  /** Places worth seeing: optima, starts. */
  readonly points?: readonly { readonly name: string; readonly x: number; readonly y: number }[];
}

function spaced([low, high]: readonly [number, number], count: number): number[] {
  return Array.from({ length: count }, (_, i) => low + (high - low) * i / (count - 1));
}

function pathMarks({ name, x, y }: LandscapePath): Mark[] {
  requireEqualLengths(`path "${name}"`, { x, y });
  const xs = Array.from(x), ys = Array.from(y);
  const marks: Mark[] = [{ kind: "line", name, x: xs, y: ys }];
  if (xs.length > 1) {
    marks.push(
      { kind: "points", name, x: xs.slice(0, 1), y: ys.slice(0, 1), faint: true },
      { kind: "points", name, x: xs.slice(-1), y: ys.slice(-1) },
    );
  }
  return marks;
}

/**
 * A function of two variables as lines of equal height, with the ways that methods take over it:
 * the toy problems on which balancing methods differ.
 *
 * @example
 * ```ts
 * import { landscape } from "polytask";
 * const chart = landscape({
 *   title: "A bowl",
 *   x: "first weight",
 *   y: "second weight",
 *   xRange: [-1, 1],
 *   yRange: [-1, 1],
 *   height: "loss",
 *   at: (x, y) => x * x + 2 * y * y,
 *   paths: [{ name: "gradient descent", x: [0.9, 0.5, 0.2], y: [0.8, 0.2, 0.05] }],
 * });
 * console.log(`${chart}`);
 * ```
 *
 * @throws {RangeError} If the resolution is below 2, or a path has not one `y` for every `x`.
 */
export function landscape(options: LandscapeOptions): Chart {
  const { at, resolution = 61, paths = [], points = [] } = options;
  if (!(Number.isInteger(resolution) && resolution >= 2)) {
    throw new RangeError(
      `Expected resolution to be a whole number of at least 2 but found ${resolution}`,
    );
  }
  const x = spaced(options.xRange, resolution), y = spaced(options.yRange, resolution);
  const field: Field = {
    label: options.height,
    x,
    y,
    values: y.map((row) => x.map((column) => at(column, row))),
  };
  const panel: Panel = {
    x: { ...axis(options.x), range: options.xRange },
    y: { ...axis(options.y), range: options.yRange },
    field,
    marks: [
      ...paths.flatMap(pathMarks),
      ...points.map((point): Mark => ({
        kind: "points",
        name: point.name,
        x: [point.x],
        y: [point.y],
      })),
    ],
  };
  const place = (placeX: number, placeY: number) =>
    `(${formatNumber(placeX)}, ${formatNumber(placeY)})`;
  const keyNumbers = [
    ...paths.map((path) => {
      const last = path.x.length - 1;
      return {
        name: path.name,
        start: place(path.x[0], path.y[0]),
        end: place(path.x[last], path.y[last]),
        [`${options.height} at the end`]: at(path.x[last], path.y[last]),
        steps: last,
      };
    }),
    ...points.map((point) => ({
      name: point.name,
      start: "",
      end: place(point.x, point.y),
      [`${options.height} at the end`]: at(point.x, point.y),
      steps: 0,
    })),
  ];
  const told = keyNumbers.map(({ name, start, end }) =>
    start === "" ? `${name} at ${end}` : `${name} from ${start} to ${end}`
  );
  return new Chart({
    title: options.title,
    note: options.note,
    alt: options.alt ??
      `Landscape of ${options.height} over ${panel.x.label} and ${panel.y.label}` +
        (told.length > 0 ? `: ${told.join("; ")}.` : "."),
    panels: [panel],
    keyNumbers,
  });
}
