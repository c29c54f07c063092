/**
 * The course as a web site: one self-contained page a chapter and an index.
 *
 * The pages need no network: text, highlighted code, formulas, fonts, pictures and the chart
 * library are inside each of them.
 *
 * @module
 */
import { basename, join } from "node:path";
import { writeAtomically } from "../files.ts";
import { loadAssets } from "./assets.ts";
import { renderChapter } from "./chapter_page.ts";
import { renderIndex } from "./index_page.ts";
import { readChapter } from "./notebook.ts";

/** What to export, and where to. */
export interface ExportOptions {
  /** Executed notebooks, in reading order. */
  readonly executed: readonly string[];
  /** Folder of the site; made if it is not there. */
  readonly out: string;
}

/** Paths of the pages that were written. */
export interface ExportedSite {
  /** One a chapter, in reading order. */
  readonly pages: string[];
  readonly index: string;
}

/**
 * Writes a page for each executed notebook, with links to its neighbours, and the index.
 *
 * All pages are made before the first is written. Throws with notebook and cell if one cannot be
 * read, a formula is not valid, or a picture is not there.
 */
export async function exportSite({ executed, out }: ExportOptions): Promise<ExportedSite> {
  const assets = await loadAssets();
  const chapters = await Promise.all(executed.map(readChapter));
  const links = new Map(chapters.map(({ path, page }) => [basename(path), page]));
  const pages = chapters.map((chapter, index) => ({
    path: join(out, chapter.page),
    text: renderChapter(chapter, {
      previous: chapters[index - 1],
      next: chapters[index + 1],
      pages: links,
    }, assets),
  }));
  const index = { path: join(out, "index.html"), text: renderIndex(chapters, assets) };
  for (const { path, text } of [...pages, index]) await writeAtomically(path, text);
  return { pages: pages.map(({ path }) => path), index: index.path };
}
