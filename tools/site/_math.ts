import katex from "katex";

import type { MarkdownIt, StateBlock, StateInline } from "markdown-it";

/** Inline formulas of up to this many characters of TeX stay on one line. */
const UNBROKEN = 24;

/**
 * Renders TeX to static HTML, with MathML beside it for screen readers.
 *
 * Throws with the formula if it is not valid.
 */
export function renderMath(tex: string, display: boolean): string {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      strict: "ignore",
    });
    if (display) return `<span class="math-block">${html}</span>`;
    return tex.length <= UNBROKEN ? `<span class="unbroken">${html}</span>` : html;
  } catch (error) {
    throw new Error(`The formula ${tex.trim()} cannot be rendered: ${(error as Error).message}`);
  }
}

/** Index of the next `$` run of this length that is not escaped, or -1. */
function findClosing(text: string, marker: string, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(marker, i)) return i;
  }
  return -1;
}

/**
 * `$…$` and `$$…$$` inside a paragraph.
 *
 * As in pandoc, so that prices stay prices: an opening `$` has no blank after it, a closing `$` no
 * blank before it and no digit after it. A backtick inside means that a code span begins there.
 */
function inlineMath(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== "$") return false;
  const marker = state.src.startsWith("$$", state.pos) ? "$$" : "$";
  const start = state.pos + marker.length;
  const close = findClosing(state.src, marker, start, state.posMax);
  if (close <= start) return false;
  const content = state.src.slice(start, close);
  const after = state.src[close + marker.length] ?? "";
  if (content.includes("`")) return false;
  if (marker === "$" && (/^\s|\s$/.test(content) || /\d/.test(after))) return false;
  if (!silent) {
    const token = state.push("math", "", 0);
    token.content = content;
    token.meta = { display: marker === "$$" };
  }
  state.pos = close + marker.length;
  return true;
}

/** A paragraph that is a formula: from `$$` to `$$`, or a bare `\begin{…}` to its `\end{…}`. */
function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean) {
  const from = state.bMarks[startLine] + state.tShift[startLine];
  const opening = state.src.slice(from, state.eMarks[startLine]);
  const environment = opening.match(/^\\begin\{([a-zA-Z]+\*?)\}/)?.[1];
  const closing = environment === undefined ? "$$" : `\\end{${environment}}`;
  if (environment === undefined && !opening.startsWith("$$")) return false;
  for (let line = startLine; line < endLine; line++) {
    const text = state.src.slice(state.bMarks[line], state.eMarks[line]).trimEnd();
    const alone = line === startLine && environment === undefined && text.trim().length < 4;
    if (!alone && text.endsWith(closing)) {
      if (silent) return true;
      const source = state.getLines(startLine, line + 1, state.blkIndent, false).trim();
      const token = state.push("math", "", 0);
      token.block = true;
      token.content = environment === undefined ? source.slice(2, -2) : source;
      token.meta = { display: true };
      token.map = [startLine, line + 1];
      state.line = line + 1;
      return true;
    }
    if (line > startLine && state.isEmpty(line)) return false;
  }
  return false;
}

/** Teaches markdown-it the formulas that Jupyter shows. */
export function mathPlugin(markdown: MarkdownIt): void {
  markdown.inline.ruler.before("escape", "math", inlineMath);
  markdown.block.ruler.before("fence", "math", blockMath, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  markdown.renderer.rules.math = (tokens, index) =>
    renderMath(tokens[index].content, tokens[index].meta?.display === true);
}
