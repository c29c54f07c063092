import { duration, escapeHtml } from "./_html.ts";
import type { Assets } from "./assets.ts";
import { CURRICULUM } from "./curriculum.ts";
import type { Document } from "./document_page.ts";
import { renderLine } from "./markdown.ts";
import type { Chapter } from "./notebook.ts";
import { renderPage } from "./_page.ts";

const INTRODUCTION = `<p>One model that predicts several things at once has to share what it
learns. This course shows how to do that in TypeScript, when it helps, and how to see that it does
not. Every number and every chart on these pages was computed by the code beside it.</p>`;

function renderEntry(chapter: Chapter): string {
  const { number, title, subtitle, goals, needs, page, run } = chapter;
  const measured = run.seconds === undefined ? "" : duration(run.seconds);
  const detail = [
    ["You will learn", goals && renderLine(goals)],
    ["You need", needs && renderLine(needs)],
    [
      "Measured time",
      measured && escapeHtml(
        [measured, run.backend && `on ${run.backend}`, run.profile && `${run.profile} profile`]
          .filter(Boolean).join(", "),
      ),
    ],
    ["Outdated", chapter.outdated && `Something has changed since it ran; ${again(chapter)}.`],
  ].filter(([, value]) => value).map(([name, value]) =>
    `<div><dt>${name}</dt><dd>${value}</dd></div>`
  );
  return `<li><span class="number" aria-hidden="true">${escapeHtml(number ?? "·")}</span>
<article><h3><a href="${escapeHtml(encodeURI(page))}">${
    number === undefined ? "" : `<span class="hidden">Chapter ${escapeHtml(number)}: </span>`
  }${escapeHtml(title)}</a></h3>
${subtitle ? `<p class="subtitle">${renderLine(subtitle)}</p>` : ""}
<dl>${detail.join("")}</dl></article></li>`;
}

/** The command that runs a chapter. */
function again({ number, name }: Chapter): string {
  return `<code>deno task course ${escapeHtml(number ?? name)}</code> runs it`;
}

function renderNotRun(chapters: readonly Chapter[]): string {
  if (chapters.length === 0) return "";
  const items = chapters.map((chapter) =>
    `<li><span class="number" aria-hidden="true">${escapeHtml(chapter.number ?? "·")}</span> ` +
    `<span>${escapeHtml(chapter.title)}<br>${again(chapter)}</span></li>`
  );
  return `<section class="to-come" aria-labelledby="not-run"><h2 id="not-run">Not run yet</h2>
<ol>${items.join("")}</ol></section>`;
}

function renderToCome(chapters: readonly Chapter[]): string {
  const here = new Set(chapters.map(({ number }) => number));
  const rest = CURRICULUM.filter(([number]) => !here.has(number));
  if (rest.length === 0) return "";
  const items = rest.map(([number, title]) =>
    `<li><span class="number" aria-hidden="true">${number}</span> ${escapeHtml(title)}</li>`
  );
  return `<section class="to-come" aria-labelledby="to-come"><h2 id="to-come">Chapters to come</h2>
<ol>${items.join("")}</ol></section>`;
}

function renderSummary(chapters: readonly Chapter[]): string {
  const seconds = chapters.reduce((sum, { run }) => sum + (run.seconds ?? 0), 0);
  const latest = chapters.map(({ run }) => run.executedAt ?? "").sort().at(-1)?.slice(0, 10);
  const parts = [
    `${chapters.length} ${chapters.length === 1 ? "chapter" : "chapters"}`,
    seconds > 0 ? `${duration(seconds)} to compute` : "",
    latest ? `last executed ${latest}` : "",
  ];
  return `<p class="summary">${parts.filter(Boolean).map(escapeHtml).join(" · ")}</p>`;
}

function renderDocuments(documents: readonly Document[]): string {
  if (documents.length === 0) return "";
  const items = documents.map(({ page, title }) =>
    `<li><a href="${escapeHtml(encodeURI(page))}">${escapeHtml(title)}</a></li>`
  );
  return `<section class="documents" aria-labelledby="documents"><h2 id="documents">Beside the ` +
    `chapters</h2><ul>${items.join("")}</ul></section>`;
}

/** The page that lists the chapters, those that have not run yet, and the documents beside them. */
export function renderIndex(
  chapters: readonly Chapter[],
  notRun: readonly Chapter[],
  documents: readonly Document[],
  assets: Assets,
): string {
  const body = `<main id="content" tabindex="-1">
<header class="title"><p class="eyebrow">polytask</p>
<h1>Multi-task learning, measured</h1>
<div class="subtitle">${INTRODUCTION}</div>
${renderSummary(chapters)}</header>
<section aria-labelledby="chapters"><h2 id="chapters">Chapters</h2>
<ol class="chapters">${chapters.map(renderEntry).join("\n")}</ol></section>
${renderNotRun(notRun)}
${renderDocuments(documents)}
${renderToCome([...chapters, ...notRun])}
</main>`;
  return renderPage({
    title: "polytask: multi-task learning, measured",
    description: "A course of executed notebooks on multi-task learning in TypeScript.",
    kind: "index",
    body,
  }, assets);
}
