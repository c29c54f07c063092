import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

const require = createRequire(import.meta.url);

function packageFile(name: string, path: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

function dataAddress(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${bytes.toBase64()}`;
}

async function ownText(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`./assets/${name}`, import.meta.url));
}

/** The fonts of the page: family, file, style, and the characters it is for (all if none given). */
const FONTS: readonly (readonly [
  family: string,
  library: string,
  file: string,
  style: "normal" | "italic",
  range?: string,
])[] = [
  ["Source Serif 4", "source-serif-4", "source-serif-4-latin-wght-normal", "normal"],
  ["Source Serif 4", "source-serif-4", "source-serif-4-latin-wght-italic", "italic"],
  [
    "Source Serif 4",
    "source-serif-4",
    "source-serif-4-greek-wght-normal",
    "normal",
    "U+0370-03FF",
  ],
  ["Source Code Pro", "source-code-pro", "source-code-pro-latin-wght-normal", "normal"],
];

async function fontFaces(): Promise<string> {
  const faces = FONTS.map(async ([family, library, file, style, range]) => {
    const path = packageFile(`@fontsource-variable/${library}`, `files/${file}.woff2`);
    return `@font-face{font-family:"${family}";font-style:${style};font-weight:200 900;` +
      `src:url(${dataAddress("font/woff2", await Deno.readFile(path))}) format("woff2")` +
      `${range === undefined ? "" : `;unicode-range:${range}`}}`;
  });
  return (await Promise.all(faces)).join("\n");
}

/** The style sheet of KaTeX with its fonts inside. */
async function katexStyles(): Promise<string> {
  let styles = await Deno.readTextFile(packageFile("katex", "dist/katex.min.css"));
  for (const [whole, file] of styles.matchAll(/url\((fonts\/[\w-]+\.woff2)\)/g)) {
    const bytes = await Deno.readFile(packageFile("katex", `dist/${file}`));
    styles = styles.replaceAll(whole, `url(${dataAddress("font/woff2", bytes)})`);
  }
  // Every browser that reads these pages knows woff2: the older formats would be requests.
  return styles.replace(/,url\(fonts\/[\w-]+\.(?:woff|ttf)\) format\("\w+"\)/g, "");
}

/** The style sheets of the page, in the order in which they apply. */
const STYLES = ["colours", "text", "cells", "navigation", "index", "print"] as const;

/** Everything a page carries inside itself. */
export interface Assets {
  readonly fonts: string;
  readonly styles: string;
  readonly katex: string;
  /** Script that draws the charts and makes scrolling boxes reachable by keyboard. */
  readonly script: string;
  /** plotly.js, gzip, base64. */
  readonly plotly: string;
}

/** Reads the parts that all pages share. */
export async function loadAssets(): Promise<Assets> {
  const plotly = packageFile("plotly.js-cartesian-dist-min", "plotly-cartesian.min.js");
  return {
    fonts: await fontFaces(),
    styles: (await Promise.all(STYLES.map((name) => ownText(`${name}.css`)))).join("\n"),
    katex: await katexStyles(),
    script: await ownText("page.js"),
    plotly: gzipSync(await Deno.readFile(plotly), { level: 9 }).toString("base64"),
  };
}
