import { basename, dirname } from "node:path";
import type { Assets } from "./assets.ts";
import { escapeHtml } from "./_html.ts";
import { renderContents } from "./_contents.ts";
import { type Heading, renderMarkdown } from "./markdown.ts";
import { renderPage } from "./_page.ts";

/** A Markdown file that is a page of the site beside the chapters. */
export interface Document {
  /** Path of the file. */
  readonly path: string;
  /** File name of its page: `"your_own_data.html"`. */
  readonly page: string;
  /** What its first line says. */
  readonly title: string;
  /** Everything below its first line. */
  readonly text: string;
}

/** Reads a document. Throws with its path if it does not begin with a title. */
export async function readDocument(path: string): Promise<Document> {
  const source = await Deno.readTextFile(path);
  const opening = /^# (.+)\n/.exec(source);
  if (!opening) throw new Error(`${path} must begin with a line "# Title".`);
  const page = `${basename(path, ".md")}.html`;
  return { path, page, title: opening[1], text: source.slice(opening[0].length) };
}

/** The page of a document. */
export function renderDocument(
  { path, title, text }: Document,
  pages: ReadonlyMap<string, string>,
  assets: Assets,
): string {
  const headings: Heading[] = [];
  const content = renderMarkdown(text, { headings, pages, folder: dirname(path) });
  const body = `<header class="bar"><nav aria-label="Site"><a class="brand" href="index.html">` +
    `polytask</a><span class="where">${escapeHtml(title)}</span></nav></header>
<div class="columns">
${renderContents(headings)}
<main id="content" tabindex="-1">
<header class="title"><p class="eyebrow">polytask</p><h1>${escapeHtml(title)}</h1></header>
<div class="cell prose">${content}</div>
<nav class="steps" aria-label="Chapters"><a class="up" href="index.html">` +
    `<span class="word">Contents</span><span class="name">All chapters</span></a></nav>
</main>
</div>`;
  return renderPage(
    { title: `${title} · polytask`, description: title, kind: "document", body },
    assets,
  );
}
