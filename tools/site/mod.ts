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
import { readDocument, renderDocument } from "./document_page.ts";
import { renderIndex } from "./index_page.ts";
import { readChapter } from "./notebook.ts";

/** What to export, and where to. */
export interface ExportOptions {
  /** Executed notebooks, in reading order. */
  readonly executed: readonly string[];
  /** Those of them that were made from another text, library, data, profile or backend. */
  readonly outdated?: readonly string[];
  /** Notebooks of chapters that have not run yet. */
  readonly notRun?: readonly string[];
  /** Markdown files that get pages of their own. Default: none. */
  readonly documents?: readonly string[];
  /** Folder of the site; made if it is not there. */
  readonly out: string;
}

/** Paths of the pages that were written. */
export interface ExportedSite {
  /** One a chapter, in reading order. */
  readonly pages: string[];
  /** One a document. */
  readonly documents: string[];
  readonly index: string;
}

/**
 * Writes a page for each executed notebook, with links to its neighbours, one for each document,
 * and the index.
 *
 * All pages are made before the first is written. Throws with notebook and cell if one cannot be
 * read, a formula is not valid, or a picture is not there.
 */
export async function exportSite(
  { executed, outdated = [], notRun = [], documents = [], out }: ExportOptions,
): Promise<ExportedSite> {
  const assets = await loadAssets();
  const chapters = await Promise.all(executed.map(async (path) => ({
    ...await readChapter(path),
    outdated: outdated.includes(path),
  })));
  const waiting = await Promise.all(notRun.map(readChapter));
  const guides = await Promise.all(documents.map(readDocument));
  const links = new Map([...chapters, ...guides].map(({ path, page }) => [basename(path), page]));
  const pages = chapters.map((chapter, index) => ({
    path: join(out, chapter.page),
    text: renderChapter(chapter, {
      previous: chapters[index - 1],
      next: chapters[index + 1],
      pages: links,
    }, assets),
  }));
  const beside = guides.map((guide) => ({
    path: join(out, guide.page),
    text: renderDocument(guide, links, assets),
  }));
  const index = {
    path: join(out, "index.html"),
    text: renderIndex(chapters, waiting, guides, assets),
  };
  for (const { path, text } of [...pages, ...beside, index]) await writeAtomically(path, text);
  return {
    pages: pages.map(({ path }) => path),
    documents: beside.map(({ path }) => path),
    index: index.path,
  };
}
