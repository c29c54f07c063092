import { escapeHtml } from "./_html.ts";
import type { Heading } from "./markdown.ts";

/** The headings of a page as links, or nothing where there are too few. */
export function renderContents(headings: readonly Heading[]): string {
  const entries = headings.filter(({ level }) => level === 2 || level === 3);
  if (entries.length < 2) return "";
  const items = entries.map(({ level, id, html }) =>
    `<li class="level-${level}"><a href="#${escapeHtml(id)}">${html}</a></li>`
  );
  return `<nav class="contents" aria-label="On this page"><details open>` +
    `<summary>On this page</summary><ol>${items.join("")}</ol></details></nav>`;
}
