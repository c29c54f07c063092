import * as tf from "@tensorflow/tfjs";
import { DisplayObject, type MimeBundle } from "./displayable.ts";
import { element, escapeText } from "./_markup.ts";
import { formatNumber, groupDigits } from "./_numbers.ts";
import { pngUri } from "./_png.ts";

/** Images in one flat array: a column of a data set, or values of one's own. */
export interface ImageValues {
  /** Row-major, image after image. */
  readonly values: ArrayLike<number>;
  /** Shape of one image: `[height, width]`, `[height, width, 1]` or `[height, width, 3]`. */
  readonly shape: readonly number[];
}

/** Settings of {@linkcode imageGrid}. */
export interface ImageGridOptions {
  /** Shown above the images. */
  readonly title?: string;
  /** A caption under each image, in the order shown. */
  readonly captions?: readonly string[];
  /** Which images, in which order. Default: the first 20. */
  readonly rows?: readonly number[];
  /** Values shown black and white. Default: 0 and 255 for bytes, else from the data. */
  readonly range?: readonly [number, number];
  /** Width of an image on the page, in px. Default 72. */
  readonly size?: number;
  /** What the images show, in words; made from title and captions when not given. */
  readonly alt?: string;
}

/** Most images shown unless asked for. */
const mostImages = 20;

/** Images beside one another, with captions; made by {@linkcode imageGrid}. */
export class ImageGrid extends DisplayObject {
  readonly #title: string | undefined;
  readonly #alt: string;
  readonly #size: number;
  readonly #cells: readonly { readonly uri: string; readonly caption: string }[];

  /** @internal Made by {@linkcode imageGrid}. */
  constructor(
    cells: readonly { readonly uri: string; readonly caption: string }[],
    summary: string,
    options: ImageGridOptions,
  ) {
    super();
    this.#cells = cells;
    this.#title = options.title;
    this.#size = options.size ?? 72;
    const captions = cells.map((cell) => cell.caption).filter(Boolean);
    this.#alt = options.alt ??
      `${options.title ? `${options.title}. ` : ""}${summary}` +
        (captions.length > 0 ? `: ${captions.join(", ")}` : "");
  }

  /** The grid by MIME type: a picture as HTML, and words. */
  override bundle(): MimeBundle {
    const size = this.#size;
    const images = this.#cells.map(({ uri, caption }, i) =>
      element(
        "figure",
        { style: `margin:0;width:${size}px` },
        element("img", {
          src: uri,
          alt: caption || `image ${i + 1}`,
          style: `width:${size}px;height:auto;image-rendering:pixelated;display:block;` +
            "border-radius:3px;margin:0",
        }) +
          (caption
            ? element(
              "figcaption",
              { style: "font-size:.82em;line-height:1.25;text-align:center;margin-top:2px" },
              escapeText(caption),
            )
            : ""),
      )
    );
    const title = this.#title
      ? element("div", { style: "font-weight:600;margin-bottom:.4em" }, escapeText(this.#title))
      : "";
    return {
      "text/html": element(
        "div",
        { class: "pt-output", role: "group", "aria-label": this.#alt, style: "margin:.4em 0" },
        title +
          element("div", { style: "display:flex;flex-wrap:wrap;gap:10px 12px" }, images.join("")),
      ),
      "text/plain": this.#alt,
    };
  }
}

/** Height, width and channels of one image. */
function imageShape(shape: readonly number[]): [number, number, 1 | 3] {
  const [height, width, channels = 1] = shape;
  if (
    (shape.length === 2 || shape.length === 3) && height > 0 && width > 0 &&
    (channels === 1 || channels === 3)
  ) {
    return [height, width, channels];
  }
  throw new RangeError(
    `Expected images of shape [height, width], [height, width, 1] or [height, width, 3] but found ` +
      `[${shape.join(", ")}]`,
  );
}

/** Values of a tensor, and the shape of one of its images. */
async function fromTensor(tensor: tf.Tensor): Promise<ImageValues> {
  if (tensor.rank < 2 || tensor.rank > 4) {
    throw new RangeError(
      `Expected a tensor of shape [height, width], [images, height, width] or ` +
        `[images, height, width, channels] but found [${tensor.shape.join(", ")}]`,
    );
  }
  const shape = tensor.rank === 2 ? tensor.shape : tensor.shape.slice(1);
  return { values: await tensor.data(), shape };
}

/** Ends of the grey scale that suit the data. */
function fittingRange(values: ArrayLike<number>, places: readonly number[], size: number) {
  if (values instanceof Uint8Array || values instanceof Uint8ClampedArray) return [0, 255] as const;
  let low = Infinity, high = -Infinity;
  for (const place of places) {
    for (let i = place * size; i < (place + 1) * size; i++) {
      if (!Number.isFinite(values[i])) continue;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
  }
  if (low > high) return [0, 1] as const;
  return low >= 0 && high <= 1 ? [0, 1] as const : [low, high] as const;
}

/**
 * Shows images: tensors `[images, height, width]` or `[images, height, width, channels]`, or a
 * column of a data set. Grey or colour; each is drawn without smoothing, so that pixels can be
 * seen. Keeps the tensor.
 *
 * @example
 * ```ts
 * import { imageGrid } from "polytask";
 * const ramp = { values: Float32Array.from({ length: 64 }, (_, i) => i / 64), shape: [8, 8] };
 * console.log(`${await imageGrid(ramp, { title: "A ramp", captions: ["dark to light"] })}`);
 * ```
 *
 * @throws {RangeError} If the shape is not that of images, `rows` names an image that is not
 * there, or the number of captions differs from that of the images shown.
 */
export async function imageGrid(
  images: tf.Tensor | ImageValues,
  options: ImageGridOptions = {},
): Promise<ImageGrid> {
  const { values, shape } = images instanceof tf.Tensor ? await fromTensor(images) : images;
  const [height, width, channels] = imageShape(shape);
  const size = height * width * channels;
  const total = Math.floor(values.length / size);
  const rows = options.rows ?? Array.from({ length: Math.min(total, mostImages) }, (_, i) => i);
  for (const row of rows) {
    if (!(Number.isInteger(row) && row >= 0 && row < total)) {
      throw new RangeError(`There is no image ${row}: the images go from 0 to ${total - 1}`);
    }
  }
  if (options.captions && options.captions.length !== rows.length) {
    throw new RangeError(
      `Expected a caption for each of the ${rows.length} images but found ` +
        `${options.captions.length}`,
    );
  }
  const [low, high] = options.range ?? fittingRange(values, rows, size);
  const scale = 255 / (high - low || 1);
  const cells = rows.map((row, i) => {
    const pixels = Uint8Array.from({ length: size }, (_, pixel) => {
      const level = (values[row * size + pixel] - low) * scale;
      return Number.isFinite(level) ? Math.round(Math.min(255, Math.max(0, level))) : 0;
    });
    return { uri: pngUri(pixels, width, height, channels), caption: options.captions?.[i] ?? "" };
  });
  const count = rows.length === total
    ? `${groupDigits(total)} ${total === 1 ? "image" : "images"}`
    : `${groupDigits(rows.length)} of ${groupDigits(total)} images`;
  const summary = `${count}, ${height} × ${width} ${channels === 1 ? "grey" : "colour"}, ` +
    `black ${formatNumber(low)}, white ${formatNumber(high)}`;
  return new ImageGrid(cells, summary, options);
}
