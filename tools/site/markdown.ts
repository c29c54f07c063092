import { basename, extname, join } from "node:path";
import MarkdownIt, { type Env, type Token } from "markdown-it";
import { escapeHtml } from "./_html.ts";
import { mathPlugin } from "./_math.ts";
import { highlight } from "./highlight.ts";
import { joined, type MimeBundle, type MultilineText } from "./notebook.ts";

/** A heading, for the table of contents. */
export interface Heading {
  readonly level: number;
  readonly id: string;
  /** Inline HTML. */
  readonly html: string;
}

/** What the text of one page shares: headings so far, the pages to link to, where images lie. */
export interface TextContext {
  readonly headings: Heading[];
  /** Page by notebook file name. */
  readonly pages: ReadonlyMap<string, string>;
  /** Folder that relative images are found from. */
  readonly folder: string;
  readonly attachments?: Readonly<Record<string, MimeBundle>>;
}

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

function context(env: Env | undefined): TextContext {
  return (env as { context: TextContext }).context;
}

/** An image as a `data:` address, so that the page needs no other file. */
function inlinedImage(source: string, { attachments, folder }: TextContext): string {
  if (source.startsWith("data:")) return source;
  if (source.startsWith("attachment:")) {
    const name = decodeURIComponent(source.slice("attachment:".length));
    const [type, content] = Object.entries(attachments?.[name] ?? {})[0] ?? [];
    if (type === undefined) throw new Error(`The attachment ${name} is not in its cell.`);
    return `data:${type};base64,${joined(content as MultilineText)}`;
  }
  const type = IMAGE_TYPES[extname(source).toLowerCase()];
  if (/^[a-z]+:/i.test(source) || type === undefined) {
    throw new Error(
      `The image ${source} is not a local picture, so the page would need a network.`,
    );
  }
  const bytes = Deno.readFileSync(join(folder, decodeURIComponent(source)));
  return `data:${type};base64,${bytes.toBase64()}`;
}

/** Where a link leads on the site, or nothing if its target is not part of it. */
function siteLink(href: string, { pages }: TextContext): string | undefined {
  if (/^(#|https?:|mailto:)/i.test(href)) return href;
  const [path, fragment] = href.split("#", 2);
  const page = pages.get(basename(path));
  return page && (fragment === undefined ? page : `${page}#${fragment}`);
}

/** An id no other heading of the page has. */
function headingId(text: string, taken: readonly Heading[]): string {
  const plain = text.toLowerCase().normalize("NFKD").replace(/[^\p{L}\p{N}\s-]/gu, "").trim();
  const stem = plain.replace(/\s+/g, "-") || "section";
  let id = stem;
  for (let n = 2; taken.some((heading) => heading.id === id); n++) id = `${stem}-${n}`;
  return id;
}

const markdown = new MarkdownIt({ html: true }).use(mathPlugin);
const { rules } = markdown.renderer;

/** Points links to the pages of the site; the text of a link to anything else stays as text. */
markdown.core.ruler.push("links", (state) => {
  for (const { children } of state.tokens) {
    let elsewhere = false;
    for (const token of children ?? []) {
      if (token.type === "link_open") {
        const href = siteLink(String(token.attrGet("href")), context(state.env));
        elsewhere = href === undefined;
        if (elsewhere) token.attrs = [["class", "elsewhere"]];
        else token.attrSet("href", href!);
      }
      if (elsewhere && token.type.startsWith("link_")) token.tag = "span";
    }
  }
});

/** Gives headings their ids and the table of contents its entries. */
markdown.core.ruler.push("headings", (state) => {
  state.tokens.forEach((token, index) => {
    if (token.type !== "heading_open") return;
    const inline = state.tokens[index + 1];
    const { headings } = context(state.env);
    const id = headingId(plainText(inline), headings);
    token.attrSet("id", id);
    const html = markdown.renderer.renderInline(inline.children ?? [], markdown.options, state.env);
    headings.push({ level: Number(token.tag.slice(1)), id, html });
  });
});

function plainText(inline: Token): string {
  return (inline.children ?? []).map((child) => child.content).join("");
}

rules.heading_close = (tokens, index) => {
  const open = tokens.slice(0, index).findLast((token) => token.type === "heading_open");
  const id = escapeHtml(String(open?.attrGet("id")));
  return ` <a class="anchor" href="#${id}" aria-label="Link to this section">#</a>` +
    `</${tokens[index].tag}>\n`;
};

rules.image = (tokens, index, _options, env) => {
  const token = tokens[index];
  const source = inlinedImage(String(token.attrGet("src")), context(env));
  return `<img src="${source}" alt="${escapeHtml(token.content)}">`;
};

rules.fence = (tokens, index) => {
  const { content, info } = tokens[index];
  const code = highlight(content.replace(/\n$/, ""), info.trim().split(/\s+/)[0]);
  return `<div class="code"><pre><code>${code}</code></pre></div>\n`;
};
rules.code_block = rules.fence;

rules.table_open = () => '<div class="table-scroll"><table>\n';
rules.table_close = () => "</table></div>\n";

/** A markdown cell as HTML. */
export function renderMarkdown(source: string, page: TextContext): string {
  return markdown.render(source, { context: page });
}

/** One line of markdown as inline HTML, where headings, images and links to files do not occur. */
export function renderLine(source: string): string {
  const page: TextContext = { headings: [], pages: new Map(), folder: "." };
  return markdown.renderInline(source, { context: page });
}
