import { dirname } from "node:path";
import { duration, escapeHtml, textOf } from "./_html.ts";
import type { Assets } from "./assets.ts";
import { highlight } from "./highlight.ts";
import { type Heading, renderLine, renderMarkdown, type TextContext } from "./markdown.ts";
import { type Cell, type Chapter, joined } from "./notebook.ts";
import { mergeStreams, renderOutput } from "./outputs.ts";
import { renderContents } from "./_contents.ts";
import { renderPage } from "./_page.ts";

/** Cells that took less say nothing about it. */
const WORTH_TELLING = 0.5;

/** Names of libraries and programs as their makers write them. */
const PROPER_NAMES: Readonly<Record<string, string>> = { deno: "Deno", tfjs: "TensorFlow.js" };

/** `"Chapter 02"`, or nothing for a notebook without a number. */
function chapterLabel({ number }: Chapter): string {
  return number === undefined ? "Notebook" : `Chapter ${number}`;
}

/** How the chapter was executed: profile, backend, seed, time, date, versions. */
function renderFacts(chapter: Chapter): string {
  const { run } = chapter;
  const facts: [string, string | undefined][] = [
    ["Profile", run.profile],
    ["Backend", run.backend],
    ["Seed", run.seed === undefined ? undefined : String(run.seed)],
    ["Took", run.seconds === undefined ? undefined : duration(run.seconds)],
    ["Executed", run.executedAt?.slice(0, 16).replace("T", " ").concat(" UTC")],
    [
      "Versions",
      run.versions &&
      Object.entries(run.versions).map(([name, version]) =>
        `${PROPER_NAMES[name] ?? name} ${version}`
      ).join(" · "),
    ],
    [
      "Outdated",
      chapter.outdated
        ? `something has changed since it ran; deno task course ${
          chapter.number ?? chapter.name
        } runs it again`
        : undefined,
    ],
  ];
  const items = facts.filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) =>
      `<div class="fact-${name.toLowerCase()}"><dt>${name}</dt><dd>${escapeHtml(value!)}</dd></div>`
    );
  return items.length === 0
    ? ""
    : `<dl class="facts" aria-label="How this chapter was executed">${items.join("")}</dl>`;
}

function renderCode(cell: Cell, seconds: number | undefined): string {
  const prompt = cell.execution_count ?? " ";
  const source = joined(cell.source);
  const code = `<div class="code" role="group" aria-label="Code ${prompt}"><pre><code>${
    highlight(source, "typescript")
  }</code></pre></div>`;
  const time = seconds !== undefined && seconds >= WORTH_TELLING
    ? `<p class="cell-time"><span class="hidden">took </span>${duration(seconds)}</p>`
    : "";
  const body = cell.metadata?.jupyter?.source_hidden
    ? `<details class="folded"><summary>Code</summary>${code}</details>`
    : code;
  return `<div class="input"><div class="prompt" aria-hidden="true">[${prompt}]:</div>` +
    `<div class="area">${body}${time}</div></div>`;
}

function renderOutputs(cell: Cell, page: TextContext): string {
  const rows = mergeStreams(cell.outputs ?? []).map((output) => {
    const content = renderOutput(output, page);
    if (content === "") return "";
    const prompt = output.output_type === "execute_result" && cell.execution_count
      ? `[${cell.execution_count}]:`
      : "";
    return `<div class="output"><div class="prompt out" aria-hidden="true">${prompt}</div>` +
      `<div class="area">${content}</div></div>`;
  }).join("\n");
  return cell.metadata?.jupyter?.outputs_hidden && rows !== ""
    ? `<details class="folded"><summary>Output</summary>${rows}</details>`
    : rows;
}

/** Time of every cell, whether it was noted for all cells or for code cells only. */
function cellTimes({ cells, run }: Chapter): (number | undefined)[] {
  const times = run.cellSeconds ?? [];
  let code = 0;
  return cells.map((cell, index) => {
    if (cell.cell_type !== "code") return undefined;
    return (times.length === cells.length ? times[index] : times[code++]) ?? undefined;
  });
}

function renderCells(chapter: Chapter, page: TextContext): string {
  const times = cellTimes(chapter);
  return chapter.cells.map((cell, index) => {
    const where = `${chapter.path}, cell ${index + 1}`;
    try {
      if (cell.cell_type === "markdown") {
        const text = renderMarkdown(joined(cell.source), {
          ...page,
          attachments: cell.attachments,
        });
        return `<div class="cell prose${index === 0 ? " opening" : ""}">${text}</div>`;
      }
      if (cell.cell_type !== "code" || joined(cell.source).trim() === "") return "";
      return `<div class="cell code-cell">${renderCode(cell, times[index])}\n${
        renderOutputs(cell, page)
      }</div>`;
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`);
    }
  }).join("\n");
}

function renderSteps(previous: Chapter | undefined, next: Chapter | undefined): string {
  const step = (rel: "prev" | "next", word: string, chapter: Chapter | undefined) =>
    chapter === undefined
      ? ""
      : `<a class="${rel}" rel="${rel}" href="${escapeHtml(encodeURI(chapter.page))}">` +
        `<span class="word">${word}</span><span class="name">${
          chapter.number === undefined ? "" : `${chapter.number} `
        }${escapeHtml(chapter.title)}</span></a>`;
  return `<nav class="steps" aria-label="Chapters">${step("prev", "Previous", previous)}` +
    `<a class="up" href="index.html"><span class="word">Contents</span>` +
    `<span class="name">All chapters</span></a>${step("next", "Next", next)}</nav>`;
}

/** The bar that stays at the top: the way home, where one is, the neighbours. */
function renderBar(chapter: Chapter, { previous, next }: Neighbours): string {
  const arrow = (rel: "prev" | "next", sign: string, word: string, to: Chapter | undefined) =>
    to === undefined ? "" : `<a rel="${rel}" href="${escapeHtml(encodeURI(to.page))}" ` +
      `aria-label="${word} chapter: ${escapeHtml(to.title)}">${sign}</a>`;
  return `<header class="bar"><nav aria-label="Site"><a class="brand" href="index.html">polytask` +
    `</a><span class="where">${chapter.number ?? ""} ${escapeHtml(chapter.title)}</span>` +
    arrow("prev", "←", "Previous", previous) + arrow("next", "→", "Next", next) + `</nav></header>`;
}

/** What a chapter page needs to know about its neighbours. */
export interface Neighbours {
  readonly previous: Chapter | undefined;
  readonly next: Chapter | undefined;
  /** Page by notebook file name, for links in the text. */
  readonly pages: ReadonlyMap<string, string>;
}

/** The page of one executed chapter. */
export function renderChapter(chapter: Chapter, neighbours: Neighbours, assets: Assets): string {
  const headings: Heading[] = [];
  const page: TextContext = {
    headings,
    pages: neighbours.pages,
    folder: dirname(chapter.path),
  };
  const cells = renderCells(chapter, page);
  const label = chapterLabel(chapter);
  const subtitle = chapter.subtitle && renderLine(chapter.subtitle);
  const description = chapter.goals ?? chapter.subtitle ?? chapter.title;
  const body = `${renderBar(chapter, neighbours)}
<div class="columns">
${renderContents(headings)}
<main id="content" tabindex="-1">
<header class="title"><p class="eyebrow">${escapeHtml(label)}</p>
<h1>${escapeHtml(chapter.title)}</h1>
${subtitle ? `<p class="subtitle">${subtitle}</p>` : ""}
${renderFacts(chapter)}</header>
${cells}
${renderSteps(neighbours.previous, neighbours.next)}
</main>
</div>`;
  return renderPage({
    title: `${chapter.number === undefined ? "" : `${chapter.number} `}${chapter.title} · polytask`,
    description: textOf(renderLine(description)),
    kind: "chapter",
    body,
  }, assets);
}
