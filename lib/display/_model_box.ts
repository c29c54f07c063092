import type { StructurePart } from "../models/structure.ts";
import { element, escapeText } from "./_markup.ts";
import { groupDigits } from "./_numbers.ts";
import { neutral, seriesStyle } from "./_palette.ts";

/** One line of text in a box. */
interface BoxLine {
  readonly text: string;
  readonly size: number;
  readonly weight?: number;
  readonly opacity?: number;
}

/** The box of a part, before it has a place. */
export interface Box {
  readonly part: StructurePart;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly BoxLine[];
  readonly colour: string;
}

/** Mean width of a letter, as a share of the font size. */
const letter = 0.54;
const padding = 9;

/** Colour of what belongs to a task, the same as in its curves; grey for what is shared. */
export function ownerColour(owner: string, tasks: readonly string[]): string {
  if (owner === "shared") return neutral;
  return seriesStyle({ colour: tasks.indexOf(owner), pattern: 0 }).colour;
}

/** Breaks a text at spaces into at most `most` lines of `letters` letters. */
function wrap(text: string, letters: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && [...last, ...word].length + 1 <= letters) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  const cut = lines.slice(0, most);
  if (lines.length > most) cut[most - 1] += " …";
  return cut.map((line) => {
    const characters = [...line];
    return characters.length <= letters ? line : characters.slice(0, letters - 1).join("") + "…";
  });
}

/** What a part is, above its name. */
function tag({ kind, owner }: StructurePart): string {
  if (kind === "input") return "input";
  if (owner === "shared") return kind === "stage" ? "shared" : `shared ${kind}`;
  return kind === "stage" ? `only ${owner}` : `${kind} of ${owner}`;
}

/** Writes a part into a box of the given width; the height follows. */
export function drawBox(part: StructurePart, width: number, tasks: readonly string[]): Box {
  const lettersAt = (size: number) => Math.floor((width - 2 * padding) / (size * letter));
  const small = (text: string, most: number) =>
    wrap(text, lettersAt(10.5), most).map((line) => ({ text: line, size: 10.5, opacity: 0.85 }));
  const lines: BoxLine[] = [
    ...wrap(tag(part), lettersAt(10), 2).map((text) => ({ text, size: 10, opacity: 0.75 })),
    ...wrap(part.label, lettersAt(13.5), 3).map((text) => ({ text, size: 13.5, weight: 600 })),
  ];
  if (part.detail) lines.push(...small(part.detail, 2));
  if (part.shape) lines.push(...small(`→ ${part.shape.map(groupDigits).join(" × ") || "1"}`, 1));
  if (part.parameters > 0) {
    const text = `${groupDigits(part.parameters)} parameters`;
    const short = `${groupDigits(part.parameters)} param.`;
    lines.push(...small([...text].length <= lettersAt(10.5) ? text : short, 1));
  }
  const height = lines.reduce((sum, line) => sum + line.size * 1.28, 2 * padding - 2);
  return { part, width, height, lines, colour: ownerColour(part.owner, tasks) };
}

/** A rectangle with cut corners. */
function cutRectangle(x: number, y: number, width: number, height: number, cut: number): string {
  const right = x + width, bottom = y + height;
  return `M${x + cut},${y}H${right - cut}L${right},${y + cut}V${bottom - cut}` +
    `L${right - cut},${bottom}H${x + cut}L${x},${bottom - cut}V${y + cut}Z`;
}

/** A hexagon that points to both sides. */
function hexagon(x: number, y: number, width: number, height: number): string {
  const right = x + width, middle = y + height / 2;
  return `M${x + 10},${y}H${right - 10}L${right},${middle}L${right - 10},${y + height}` +
    `H${x + 10}L${x},${middle}Z`;
}

/** The outline: shared parts are round with a double line, parts of a task have cut corners. */
function outline({ part, width, height, colour }: Box, x: number, y: number): string {
  const paint = { fill: colour, "fill-opacity": 0.15, stroke: colour, "stroke-width": 1.8 };
  if (part.kind === "input") {
    return element("rect", {
      x,
      y,
      width,
      height,
      rx: Math.min(22, height / 2),
      ...paint,
      "fill-opacity": 0,
      "stroke-dasharray": "5 3",
    });
  }
  if (part.kind === "mix") {
    const path = hexagon(x, y, width, height);
    return element("path", { d: path, ...paint });
  }
  if (part.owner !== "shared") {
    const path = cutRectangle(x, y, width, height, part.kind === "head" ? 11 : 7);
    return element("path", { d: path, ...paint });
  }
  return element("rect", { x, y, width, height, rx: 10, ...paint }) +
    element("rect", {
      x: x + 3.5,
      y: y + 3.5,
      width: width - 7,
      height: height - 7,
      rx: 7,
      fill: "none",
      stroke: colour,
      "stroke-opacity": 0.6,
    });
}

/** A box at its place, as SVG. */
export function boxSvg(box: Box, x: number, y: number): string {
  let baseline = y + padding - 3;
  const text = box.lines.map((line) => {
    baseline += line.size * 1.28;
    return element("text", {
      x: x + box.width / 2,
      y: baseline,
      "font-size": String(line.size),
      "font-weight": line.weight,
      opacity: line.opacity,
      "text-anchor": "middle",
    }, escapeText(line.text));
  });
  const round = (n: number) => Math.round(n * 10) / 10;
  return element("g", {}, outline(box, round(x), round(y)) + text.join(""));
}
