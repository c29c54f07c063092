import * as tf from "@tensorflow/tfjs";
import type { MimeBundle } from "./displayable.ts";
import { element, escapeText } from "./_markup.ts";
import { columnFormat, formatNumber, groupDigits } from "./_numbers.ts";

/** Largest tensor whose lowest, highest and mean value are worked out. */
const mostForStatistics = 1_000_000;
/** Most rows and columns of values that are shown. */
const mostRows = 6;
const mostColumns = 8;

/** Values of the corner of a tensor: the last two dimensions, at index 0 of the others. */
async function corner(tensor: tf.Tensor): Promise<{ values: string[][]; shape: number[] }> {
  const { rank, shape, dtype } = tensor;
  const rows = rank >= 2 ? Math.min(mostRows, shape[rank - 2]) : 1;
  const columns = rank >= 1 ? Math.min(mostColumns, shape[rank - 1]) : 1;
  const size = shape.map((_, axis) => axis === rank - 1 ? columns : axis === rank - 2 ? rows : 1);
  const part = tf.tidy(() =>
    rank === 0 ? tensor.clone() : tf.slice(tensor, shape.map(() => 0), size)
  );
  try {
    const data = Array.from(await part.data<keyof tf.DataTypeMap>() as ArrayLike<number | string>);
    const numbers = data.filter((value) => typeof value === "number");
    const format = columnFormat(numbers);
    const cells = data.map((value) =>
      dtype === "bool" ? String(Boolean(value)) : typeof value === "number" ? format(value) : value
    );
    return {
      values: Array.from(
        { length: rows },
        (_, row) => cells.slice(row * columns, (row + 1) * columns),
      ),
      shape: [rows, columns],
    };
  } finally {
    part.dispose();
  }
}

/** Lowest, highest and mean value of all finite ones, in words. */
async function statistics(tensor: tf.Tensor): Promise<string> {
  const values = await tensor.data();
  let low = Infinity, high = -Infinity, sum = 0, finite = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
    finite += 1;
  }
  if (finite === 0) return "no finite values";
  const others = values.length - finite;
  return `from ${formatNumber(low)} to ${formatNumber(high)}, mean ${formatNumber(sum / finite)}` +
    (others > 0 ? `, ${groupDigits(others)} not finite` : "");
}

/** Kind, type and shape: `Variable "shared/dense/kernel" float32 [784, 64]`. */
function heading(tensor: tf.Tensor): string {
  const variable = tensor instanceof tf.Variable;
  const kind = variable ? `Variable "${tensor.name}"` : "Tensor";
  const where = tensor.shape.length === 0 ? "scalar" : `[${tensor.shape.join(", ")}]`;
  return `${kind} ${tensor.dtype} ${where}`;
}

/**
 * A tensor by its shape, type, range and first values. Reads them without blocking, keeps the
 * tensor and leaves no other behind.
 */
export async function tensorBundle(tensor: tf.Tensor): Promise<MimeBundle> {
  const title = heading(tensor);
  const plain = (note: string) => ({
    "text/html": element("div", { class: "pt-output" }, escapeText(`${title}: ${note}`)),
    "text/plain": `${title}: ${note}`,
  });
  if (tensor.isDisposed) return plain("disposed, its values are gone");
  if (tensor.size === 0) return plain("no values");
  if (tensor.dtype === "complex64") return plain("complex values (see tf.real and tf.imag)");
  const { values, shape: [rows, columns] } = await corner(tensor);
  const { rank, shape, size, dtype } = tensor;
  if (rank === 0) return plain(values[0][0]);
  const numeric = dtype === "float32" || dtype === "int32";
  const range = numeric && size <= mostForStatistics ? await statistics(tensor) : undefined;
  const shown = rows * columns === size
    ? undefined
    : rank <= 2
    ? "first values"
    : `first values at [${shape.slice(0, -2).map(() => 0).join(", ")}]`;
  const note = [`${groupDigits(size)} values`, range, shown].filter(Boolean).join(", ");
  const width = values.flat().reduce((most, cell) => Math.max(most, cell.length), 1);
  const more = columns < shape[rank - 1];
  const lines = values.map((row) =>
    row.map((cell) => cell.padStart(width)).join("  ") + (more ? "  …" : "")
  );
  if (rank >= 2 && rows < shape[rank - 2]) lines.push("…");
  const text = `${title}\n${note}\n${lines.join("\n")}`;
  return {
    "text/html": element(
      "div",
      { class: "pt-output" },
      element("strong", {}, escapeText(title)) +
        element("div", { style: "font-size:.9em;opacity:.8" }, escapeText(note)) +
        element(
          "pre",
          {
            style: "margin:.3em 0;line-height:1.35;background:none;white-space:pre;overflow-x:auto",
          },
          escapeText(lines.join("\n")),
        ),
    ),
    "text/plain": text,
  };
}
