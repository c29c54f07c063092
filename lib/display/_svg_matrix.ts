import type { CellsMark, Panel } from "./figure.ts";
import { element, escapeText } from "./_markup.ts";
import { columnFormat } from "./_numbers.ts";
import { cellColours } from "./_palette.ts";
import {
  axisTitles,
  fontSize,
  labelOverhang,
  labelsBelow,
  longest,
  shorten,
  text,
  textWidth,
} from "./_svg_text.ts";

/** A matrix of coloured cells with its row and column names. */
export function drawMatrix(panel: Panel, mark: CellsMark, top: number, width: number) {
  const { rows, columns, values } = mark;
  const format = columnFormat(values.flat(), mark.digits);
  const besideRows = 30 + textWidth(longest(rows));
  const right = width - 12;
  const slot = (right - besideRows) / Math.max(1, columns.length);
  const left = besideRows +
    labelOverhang(columns.map((_, c) => besideRows + (c + 0.5) * slot), columns, slot);
  const cellWidth = (right - left) / Math.max(1, columns.length);
  const cellHeight = Math.max(18, Math.min(cellWidth, 34));
  const bottom = top + cellHeight * rows.length;
  const numbersFit = values.flat().every((value) =>
    textWidth(format(value).length, fontSize - 1.5) < cellWidth
  );
  let markup = "";
  rows.forEach((row, r) => {
    const y = top + r * cellHeight;
    markup += text(left - 7, y + cellHeight / 2 + 4, shorten(row), { "text-anchor": "end" });
    columns.forEach((column, c) => {
      const value = values[r][c];
      const colours = Number.isFinite(value) ? cellColours(value, mark) : undefined;
      markup += element("rect", {
        x: left + c * cellWidth + 0.5,
        y: y + 0.5,
        width: cellWidth - 1,
        height: cellHeight - 1,
        fill: colours?.fill ?? "none",
      }, element("title", {}, escapeText(`${row}, ${column}: ${format(value)}`)));
      if (numbersFit) {
        markup += text(left + (c + 0.5) * cellWidth, y + cellHeight / 2 + 4, format(value), {
          "text-anchor": "middle",
          "font-size": fontSize - 1.5,
          fill: colours?.text ?? "currentColor",
        });
      }
    });
  });
  const places = columns.map((_, c) => left + (c + 0.5) * cellWidth);
  const below = labelsBelow(places, columns, bottom, cellWidth);
  const height = bottom + below.height + 24;
  const frame = { left, right, top, bottom };
  return { markup: markup + below.markup + axisTitles(panel, frame, height), height };
}
