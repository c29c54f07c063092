import { DisplayObject, type MimeBundle, plotlyMimeType } from "./displayable.ts";
import { type Figure, seriesLooks } from "./figure.ts";
import { element, escapeText } from "./_markup.ts";
import { toPlotly } from "./_plotly.ts";
import { seriesStyle } from "./_palette.ts";
import { legendKey, panelSvg } from "./_svg.ts";
import { dataTables, figureText } from "./_twin.ts";
import { tableStyle } from "./table.ts";

/** What all charts take. */
export interface ChartOptions {
  /** Shown above the chart. */
  readonly title: string;
  /** What the chart shows, in words; made from the data when not given. */
  readonly alt?: string;
  /** A sentence under the title: what the interval is, how many seeds. */
  readonly note?: string;
}

/**
 * A chart that shows itself: as an interactive Plotly figure where the notebook knows Plotly, else
 * as a drawing with its data behind it, and in a terminal as text with the key numbers.
 */
export class Chart extends DisplayObject {
  /** The description that all forms are made from. */
  readonly figure: Figure;

  /** A chart of a figure. */
  constructor(figure: Figure) {
    super();
    this.figure = figure;
  }

  /** The chart as an HTML figure: a drawing named by its alternative text, and its data. */
  html(): string {
    const { figure } = this;
    const tables = element(
      "details",
      {},
      element("summary", {}, "Data of this chart") +
        dataTables(figure).map((data) => data.html()).join(""),
    );
    return element(
      "figure",
      { class: "pt-output pt-figure" },
      tableStyle + figureStyle +
        element("figcaption", {}, figureCaption(figure)) +
        figureDrawing(figure) + tables,
    );
  }

  /** The chart by MIME type: Plotly, a drawing as HTML, and words. */
  override bundle(): MimeBundle {
    return {
      [plotlyMimeType]: toPlotly(this.figure),
      "text/html": this.html(),
      "text/plain": figureText(this.figure),
    };
  }
}

function figureCaption({ title, note }: Figure): string {
  return element("strong", {}, escapeText(title)) +
    (note ? element("span", { class: "pt-note" }, escapeText(note)) : "");
}

/** Legend and panels, as one image with an alternative text. */
export function figureDrawing(figure: Figure): string {
  const looks = seriesLooks(figure);
  const styleOf = (name: string) => seriesStyle(looks.get(name)!);
  const kindOf = (name: string) =>
    figure.panels.flatMap((panel) => panel.marks).find((mark) => mark.name === name)!.kind;
  const legend = looks.size < 2 ? "" : element(
    "div",
    { class: "pt-legend" },
    [...looks.keys()].map((name) =>
      element("span", {}, legendKey(styleOf(name), kindOf(name)) + " " + escapeText(name))
    ).join(""),
  );
  // Several panels stand side by side: narrower, so that their text stays as large.
  const width = figure.panels.length === 1 ? undefined : 340;
  const panels = figure.panels.map((panel) => panelSvg(panel, styleOf, width)).join("");
  return element(
    "div",
    { role: "img", "aria-label": figure.alt },
    legend + element("div", { class: "pt-panels" }, panels),
  );
}

/** Rules for drawn figures; colours follow the page. */
export const figureStyle = element(
  "style",
  {},
  ".pt-figure{margin:.5em 0;max-width:100%}" +
    ".pt-figure figcaption{margin:0 0 .5em}" +
    ".pt-figure figcaption .pt-note{display:block}" +
    ".pt-figure .pt-legend{display:flex;flex-wrap:wrap;gap:.2em 1.2em;font-size:.9em}" +
    ".pt-figure .pt-legend svg{vertical-align:-2px}" +
    ".pt-figure .pt-panels{display:grid;gap:.8em 1.4em;max-width:820px;" +
    "grid-template-columns:repeat(auto-fill,minmax(min(260px,100%),1fr))}" +
    ".pt-figure .pt-panels>svg{width:100%;max-width:500px;height:auto}" +
    ".pt-figure .pt-panels>svg:only-child{grid-column:1/-1}" +
    ".pt-figure details{font-size:.92em;margin-top:.3em}" +
    ".pt-figure summary{cursor:pointer;opacity:.8}",
);
