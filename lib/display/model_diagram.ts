import { DisplayObject, type MimeBundle } from "./displayable.ts";
import { type LayeredLayout, layeredLayout, type PlacedEdge } from "./_layered_layout.ts";
import { type Box, boxSvg, drawBox, ownerColour } from "./_model_box.ts";
import { element, escapeText, uniqueId } from "./_markup.ts";
import { groupDigits } from "./_numbers.ts";
import { neutral } from "./_palette.ts";
import { type ModelStructure, parametersByOwner, type StructurePart } from "../models/structure.ts";

/** Settings of {@linkcode modelDiagram}. */
export interface ModelDiagramOptions {
  /** Way of the data. By default down, and to the right when more than four parts stand in a row. */
  readonly direction?: "down" | "right";
}

/** Room around the picture, and between boxes. */
const margin = 6;
const gaps = {
  down: { across: 16, along: 34 },
  right: { across: 12, along: 44 },
} as const;

/** Names of the tasks that own a part, in order of appearance. */
function tasksOf(structure: ModelStructure): string[] {
  return [...new Set(structure.parts.map((part) => part.owner))]
    .filter((owner) => owner !== "shared");
}

/** Most parts that read the same distance from an input: how wide the picture gets. */
function widestLayer(layout: LayeredLayout): number {
  const counts = new Map<number, number>();
  for (const { along } of layout.nodes.values()) {
    counts.set(along, (counts.get(along) ?? 0) + 1);
  }
  return Math.max(1, ...counts.values());
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 0 ? "one number" : shape.map(groupDigits).join(" × ");
}

function count(parameters: number): string {
  return `${groupDigits(parameters)} ${parameters === 1 ? "parameter" : "parameters"}`;
}

/** A smooth path through the points of a connection, and its arrow head. */
function edgeSvg(edge: PlacedEdge, direction: "down" | "right"): string {
  const xy = ({ across, along }: { across: number; along: number }) =>
    direction === "down" ? [across + margin, along + margin] : [along + margin, across + margin];
  const points = edge.points.map(xy);
  let path = `M${points[0].map((n) => n.toFixed(1)).join(",")}`;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1], [x1, y1] = points[i];
    path += direction === "down"
      ? `C${x0.toFixed(1)},${((y0 + y1) / 2).toFixed(1)} ${x1.toFixed(1)},${
        ((y0 + y1) / 2).toFixed(1)
      } ${x1.toFixed(1)},${y1.toFixed(1)}`
      : `C${((x0 + x1) / 2).toFixed(1)},${y0.toFixed(1)} ${((x0 + x1) / 2).toFixed(1)},${
        y1.toFixed(1)
      } ${x1.toFixed(1)},${y1.toFixed(1)}`;
  }
  const [x, y] = points[points.length - 1].map((n) => Math.round(n * 10) / 10);
  const head = direction === "down" ? `M${x},${y}l-4,-7h8Z` : `M${x},${y}l-7,-4v8Z`;
  return element("path", { d: path, fill: "none", stroke: neutral, "stroke-width": 1.5 }) +
    element("path", { d: head, fill: neutral });
}

/** The picture of a model; made by {@linkcode modelDiagram}. */
export class ModelDiagram extends DisplayObject {
  readonly #structure: ModelStructure;
  readonly #direction: "down" | "right";
  readonly #boxes: readonly Box[];
  readonly #layout: LayeredLayout;

  /** A diagram of the parts of a model. */
  constructor(structure: ModelStructure, options: ModelDiagramOptions = {}) {
    super();
    this.#structure = structure;
    const lay = (boxes: readonly Box[], direction: "down" | "right") =>
      layeredLayout(
        boxes.map(({ part, width, height }) => ({
          id: part.id,
          from: part.from,
          breadth: direction === "down" ? width : height,
          depth: direction === "down" ? height : width,
        })),
        gaps[direction],
      );
    const tasks = tasksOf(structure);
    const boxesOf = (width: number) => structure.parts.map((part) => drawBox(part, width, tasks));
    const widest = widestLayer(lay(boxesOf(100).map((box) => ({ ...box, height: 50 })), "down"));
    this.#direction = options.direction ?? (widest > 4 ? "right" : "down");
    this.#boxes = boxesOf(this.#direction === "right" ? 124 : widest <= 2 ? 164 : 118);
    this.#layout = lay(this.#boxes, this.#direction);
  }

  /** Parameters by owner, in words. */
  #summary(): string {
    const { shared = 0, ...byTask } = parametersByOwner(this.#structure);
    const total = Object.values(byTask).reduce((sum, n) => sum + n, shared);
    const tasks = Object.entries(byTask).map(([task, n]) => `${task} ${groupDigits(n)}`);
    const share = total > 0 ? ` (${Math.round(100 * shared / total)} %)` : "";
    return `${count(total)}: shared ${groupDigits(shared)}${share}` +
      (tasks.length > 0 ? `, ${tasks.join(", ")}` : "");
  }

  /** One sentence a part, in the order of the data. */
  #lines(): string[] {
    const label = new Map(this.#structure.parts.map((part) => [part.id, part.label]));
    return this.#structure.parts.map((part) => {
      const details = [
        part.detail,
        part.shape ? `gives ${shapeText(part.shape)}` : undefined,
        part.parameters > 0 ? count(part.parameters) : undefined,
        part.from.length > 0
          ? `reads ${part.from.map((id) => label.get(id) ?? id).join(", ")}`
          : undefined,
      ].filter(Boolean);
      return `${kindText(part)} ${part.label}${
        details.length > 0 ? `: ${details.join("; ")}` : ""
      }`;
    });
  }

  /**
   * The picture as SVG. It takes the colour of the text around it; `standalone` gives it its own
   * for light and dark pages, for a file that is shown as an image.
   */
  svg(options: { readonly standalone?: boolean } = {}): string {
    const down = this.#direction === "down";
    const { breadth, depth, nodes, edges } = this.#layout;
    const width = (down ? breadth : depth) + 2 * margin;
    const height = (down ? depth : breadth) + 2 * margin;
    const title = uniqueId("title"), description = uniqueId("description");
    const boxes = this.#boxes.map((box) => {
      const { across, along } = nodes.get(box.part.id)!;
      const x = down ? across - box.width / 2 : along;
      const y = down ? along : across - box.height / 2;
      return boxSvg(box, x + margin, y + margin);
    });
    const style = options.standalone
      ? element(
        "style",
        {},
        "svg{color:#1c1c1c}@media(prefers-color-scheme:dark){svg{color:#e8e8e8}}",
      )
      : "";
    return element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
        width: options.standalone ? Math.ceil(width) : undefined,
        height: options.standalone ? Math.ceil(height) : undefined,
        // Small letters must stay readable: a wide picture scrolls instead of shrinking further.
        style: options.standalone
          ? undefined
          : `width:100%;height:auto;max-width:${Math.round(width * 1.12)}px;min-width:${
            Math.round(width * 0.86)
          }px`,
        role: "img",
        "aria-labelledby": `${title} ${description}`,
        "font-family": "system-ui, sans-serif",
        fill: "currentColor",
      },
      style +
        element("title", { id: title }, escapeText(`Model: ${this.#structure.name}`)) +
        element(
          "desc",
          { id: description },
          escapeText(`${this.#summary()}. ${this.#lines().join(". ")}.`),
        ) +
        edges.map((edge) => edgeSvg(edge, this.#direction)).join("") + boxes.join(""),
    );
  }

  /** The picture with its title, legend and text, as an HTML figure. */
  html(): string {
    const tasks = tasksOf(this.#structure);
    const { shared = 0, ...byTask } = parametersByOwner(this.#structure);
    const key = (owner: string, text: string) =>
      element(
        "span",
        { style: "white-space:nowrap" },
        element("span", {
          style: "display:inline-block;width:.75em;height:.75em;margin-right:.4em;" +
            `background:${ownerColour(owner, tasks)};border-radius:${
              owner === "shared" ? "50%" : "0"
            }`,
        }, "") + escapeText(text),
      );
    const legend = element(
      "div",
      { style: "display:flex;flex-wrap:wrap;gap:.2em 1.2em;font-size:.9em;margin:.3em 0" },
      key("shared", `shared by all tasks: ${count(shared)}`) +
        Object.entries(byTask)
          .map(([task, n]) => key(task, `only ${task}: ${count(n)}`)).join(""),
    );
    const list = element(
      "details",
      { style: "font-size:.92em" },
      element("summary", { style: "cursor:pointer;opacity:.8" }, "This picture in words") +
        element(
          "ul",
          {},
          this.#lines().map((line) => element("li", {}, escapeText(line))).join(""),
        ),
    );
    return element(
      "figure",
      { class: "pt-output", style: "margin:.5em 0;max-width:100%" },
      element(
        "figcaption",
        {},
        element("strong", {}, escapeText(`Model: ${this.#structure.name}`)),
      ) + legend +
        element("div", { style: "overflow-x:auto", tabindex: 0 }, this.svg()) + list,
    );
  }

  /** The diagram by MIME type: a drawing as HTML, and words. */
  override bundle(): MimeBundle {
    const text = [`Model: ${this.#structure.name}`, this.#summary(), ...this.#lines()];
    return { "text/html": this.html(), "text/plain": text.join("\n") };
  }
}

/** What a part is, and whose. */
function kindText({ kind, owner }: StructurePart): string {
  if (kind === "input") return "input";
  return owner === "shared" ? `shared ${kind}` : `${kind} of ${owner}:`;
}

/**
 * Draws what a model shares and what belongs to a task: shared parts are round with a double
 * outline, parts of a task have cut corners and the colour that the task also has in curves.
 *
 * @example
 * ```ts
 * import { modelDiagram } from "polytask";
 * const diagram = modelDiagram({
 *   name: "two heads",
 *   parts: [
 *     { id: "x", label: "image", kind: "input", owner: "shared", parameters: 0, from: [] },
 *     { id: "t", label: "dense", kind: "stage", owner: "shared", parameters: 7850, from: ["x"] },
 *     { id: "a", label: "left", kind: "head", owner: "left", parameters: 110, from: ["t"] },
 *     { id: "b", label: "right", kind: "head", owner: "right", parameters: 110, from: ["t"] },
 *   ],
 * });
 * console.log(`${diagram}`);
 * ```
 *
 * @throws {Error} If a part reads one that is not there, ids repeat, or there is a cycle.
 */
export function modelDiagram(
  structure: ModelStructure,
  options: ModelDiagramOptions = {},
): ModelDiagram {
  return new ModelDiagram(structure, options);
}
