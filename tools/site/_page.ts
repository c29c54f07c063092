import type { Assets } from "./assets.ts";
import { escapeHtml } from "./_html.ts";

/** What the browser may load: nothing that is not inside the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src data: blob:",
  "media-src data: blob:",
  "font-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A square of squares, one trunk and two heads, as the icon of every page. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke="#2f6fc4" ' +
    'stroke-width="3" stroke-linecap="round"><path d="M16 28V17M16 17L7 8M16 17l9-9"/></g>' +
    '<g fill="#2f6fc4"><circle cx="16" cy="27" r="4"/><circle cx="7" cy="7" r="4"/></g>' +
    '<circle cx="25" cy="7" r="4" fill="#d1690e"/></svg>',
);

/** The parts of a page that differ. */
export interface PageParts {
  readonly title: string;
  readonly description: string;
  /** Class of the body: what kind of page it is. */
  readonly kind: "chapter" | "document" | "index";
  readonly body: string;
}

/** A whole self-contained page: only what its body uses is put into it. */
export function renderPage({ title, description, kind, body }: PageParts, assets: Assets): string {
  const formulas = body.includes('class="katex') ? `<style>${assets.katex}</style>\n` : "";
  const charts = body.includes('class="chart"')
    ? `<script type="text/plain" id="plotly-gzip-base64">${assets.plotly}</script>\n`
    : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escapeHtml(description)}">
<meta name="generator" content="polytask">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${ICON}">
<style>
${assets.fonts}
${assets.styles}</style>
${formulas}</head>
<body class="${kind}">
<a class="skip" href="#content">Skip to the content</a>
${body}
${charts}<script>
${assets.script}</script>
</body>
</html>
`;
}
