import { AnsiUp } from "ansi_up";
import { escapeHtml, scriptJson, textOf } from "./_html.ts";
import { renderMath } from "./_math.ts";
import { renderMarkdown, type TextContext } from "./markdown.ts";
import { joined, type MimeBundle, type MultilineText, type Output } from "./notebook.ts";

/** The part of a Plotly figure that the page itself reads. */
interface PlotlyFigure {
  readonly data: readonly { readonly name?: string; readonly type?: string }[];
  readonly layout?: {
    readonly title?: string | { readonly text?: string };
    readonly height?: number;
    readonly meta?: { readonly alt?: string };
  };
}

const PLOTLY = "application/vnd.plotly.v1+json";
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** What a carriage return leaves on each line of a terminal. */
function overwritten(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1).replace(/\r$/, ""))
    .join("\n");
}

/** Terminal text as HTML, its colours as classes. */
export function renderTerminal(text: string): string {
  const converter = new AnsiUp();
  converter.use_classes = true;
  return converter.ansi_to_html(overwritten(text).replace(/\n$/, ""));
}

/** Text for the reader who does not see the chart. */
function chartAlt({ data, layout }: PlotlyFigure, title: string): string {
  if (layout?.meta?.alt) return layout.meta.alt;
  const names = data.map((trace) => trace.name).filter((name) => name !== undefined);
  return `Chart${title && `: ${textOf(title)}`}${
    names.length ? `, with ${names.join(", ")}` : ""
  }.`;
}

/** A chart that the page's script draws, with its caption, its twin in words and, for readers
 * without scripts, the drawing that the notebook made. */
function renderChart(figure: PlotlyFigure, drawing: string, twin: string): string {
  const given = figure.layout?.title;
  const title = (typeof given === "string" ? given : given?.text) ?? "";
  const alt = chartAlt(figure, title);
  const height = figure.layout?.height ?? 420;
  return `<figure class="chart">` +
    (title && `<figcaption>${title}</figcaption>`) +
    `<div class="plot" role="img" aria-label="${escapeHtml(alt)}" style="min-height:${height}px">` +
    `</div><script type="${PLOTLY}">${scriptJson(figure)}</script>` +
    `<details class="twin" open><summary>Chart in words</summary>` +
    `<pre>${escapeHtml(twin === "" || twin === "[object Object]" ? alt : twin)}</pre></details>` +
    (drawing.includes("<noscript") ? "" : `<noscript>${drawing}</noscript>`) + `</figure>`;
}

function renderPicture(type: string, data: MimeBundle, metadata: Record<string, unknown>): string {
  const own = metadata[type] as { alt?: string; width?: number; height?: number } | undefined;
  const alt = own?.alt ?? metadata.alt ?? data["text/plain"] ?? "Picture";
  const size = own?.width ? ` width="${own.width}"` : "";
  const content = joined(data[type] as MultilineText).replace(/\s+/g, "");
  return `<img src="data:${type};base64,${content}" alt="${
    escapeHtml(joined(alt as MultilineText))
  }"${size}>`;
}

/** The richest form of a bundle that a page can show. */
function renderBundle(
  data: MimeBundle,
  metadata: Record<string, unknown>,
  page: TextContext,
): string {
  const text = (type: string) => joined((data[type] ?? "") as MultilineText);
  if (PLOTLY in data) {
    return renderChart(data[PLOTLY] as PlotlyFigure, text("text/html"), text("text/plain"));
  }
  if ("text/html" in data) return `<div class="rich">${text("text/html")}</div>`;
  if ("text/markdown" in data) {
    return `<div class="rich prose">${renderMarkdown(text("text/markdown"), page)}</div>`;
  }
  if ("image/svg+xml" in data) return `<div class="rich">${text("image/svg+xml")}</div>`;
  const picture = PICTURES.find((type) => type in data);
  if (picture) return `<div class="rich">${renderPicture(picture, data, metadata)}</div>`;
  if ("text/latex" in data) {
    return `<div class="rich">${
      renderMath(text("text/latex").trim().replace(/^\$+|\$+$/g, ""), true)
    }</div>`;
  }
  if ("text/plain" in data) return `<pre class="text">${renderTerminal(text("text/plain"))}</pre>`;
  if ("application/json" in data) {
    const json = JSON.stringify(data["application/json"], null, 2);
    return `<pre class="text">${escapeHtml(json)}</pre>`;
  }
  return "";
}

/** One output as HTML, without its prompt. */
export function renderOutput(output: Output, page: TextContext): string {
  switch (output.output_type) {
    case "stream":
      return `<pre class="stream ${output.name === "stderr" ? "stderr" : "stdout"}">${
        renderTerminal(joined(output.text))
      }</pre>`;
    case "error":
      return `<pre class="error" role="group" aria-label="Error">${
        renderTerminal(
          output.traceback.length > 0
            ? output.traceback.join("\n")
            : `${output.ename}: ${output.evalue}`,
        )
      }</pre>`;
    default:
      return renderBundle(output.data, { ...output.metadata }, page);
  }
}

/** Neighbouring pieces of one stream as one, the way they were printed. */
export function mergeStreams(outputs: readonly Output[]): Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (
      output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name
    ) {
      merged[merged.length - 1] = { ...last, text: joined(last.text) + joined(output.text) };
    } else merged.push(output);
  }
  return merged;
}
