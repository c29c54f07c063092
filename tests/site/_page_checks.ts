/** What every exported page has to stand up to; each check runs inside the browser. */
import type { Page } from "playwright-core";

/** Waits until all charts of the page are drawn, or it is known that there are none. */
export async function chartsDrawn(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector("figure.chart") === null ||
      document.documentElement.dataset.charts !== undefined,
    undefined,
    { timeout: 30_000 },
  );
}

/** Charts without drawn marks: for each its caption and what is missing. */
export async function chartsWithoutMarks(page: Page): Promise<string[]> {
  return await page.evaluate(() =>
    [...document.querySelectorAll("figure.chart")].flatMap((figure) => {
      const name = figure.querySelector("figcaption")?.textContent ?? "chart";
      const marks = [
        ...figure.querySelectorAll(
          ".plot .scatterlayer path, .plot .barlayer path, .plot .heatmaplayer image, " +
            ".plot .boxlayer path, .plot .contourlayer path, .plot .violinlayer path, .plot .pielayer path",
        ),
      ].filter((mark) => {
        const { width, height } = mark.getBoundingClientRect();
        return width + height > 0;
      });
      if (marks.length === 0) return [`${name}: no marks`];
      const plot = figure.querySelector(".plot")!;
      return plot.scrollWidth > plot.clientWidth + 1 ? [`${name}: wider than its box`] : [];
    })
  );
}

/** TeX that was left as text, outside of code. */
export async function rawFormulas(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.querySelector("main")!, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { textContent, parentElement } = walker.currentNode;
      if (parentElement!.closest("pre, code, script, style, .katex-mathml, noscript")) continue;
      if (/\$\$|\\[a-zA-Z]{2,}|\$[^$\n]*[\\_^{][^$\n]*\$/.test(textContent!)) {
        found.push(textContent!.trim());
      }
    }
    found.push(...[...document.querySelectorAll(".katex-error")].map((node) => node.outerHTML));
    return found;
  });
}

/** How far the page goes beyond the window sideways, and what sticks out. */
export async function horizontalOverflow(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= innerWidth) return [];
    const scrolls = (node: Element | null): boolean =>
      node !== null && (/(auto|scroll|hidden)/.test(getComputedStyle(node).overflowX) ||
        scrolls(node.parentElement));
    return [...document.querySelectorAll("body *")]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
      .filter((node) => !scrolls(node.parentElement))
      .map((node) => `${node.tagName}.${node.getAttribute("class")}`)
      .concat(`page is ${root.scrollWidth} wide in a window of ${innerWidth}`);
  });
}

/** Texts whose contrast with what lies behind them is below WCAG AA, with the ratio. */
export async function weakContrasts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
    /** Red, green, blue, alpha from 0 to 1. */
    const parse = (colour: string): number[] => {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      return [...pen.getImageData(0, 0, 1, 1).data].map((value) => value / 255);
    };
    const over = (top: number[], below: number[]) =>
      below.map((value, i) => i === 3 ? 1 : top[i] * top[3] + value * (1 - top[3]));
    const ground = (node: Element | null): number[] => {
      if (node === null) return parse(getComputedStyle(document.body).backgroundColor);
      const colour = parse(getComputedStyle(node).backgroundColor);
      return colour[3] === 1 ? colour : over(colour, ground(node.parentElement));
    };
    const opacity = (node: Element | null): number =>
      node === null ? 1 : Number(getComputedStyle(node).opacity) * opacity(node.parentElement);
    const luminance = (rgb: number[]) => {
      const [r, g, b] = rgb.map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const weak = new Map<string, string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent!.trim();
      const node = walker.currentNode.parentElement!;
      const style = getComputedStyle(node);
      const { width, height } = node.getBoundingClientRect();
      const hidden = width <= 1 || height <= 1 || style.visibility === "hidden" ||
        node.closest("script, style, noscript, .katex-mathml, .heatmap-label, .anchor, .modebar") ||
        node.closest("details:not([open])");
      if (text === "" || hidden) continue;
      const svg = node instanceof SVGElement;
      // Labels inside bars and shapes lie on the colours of a drawing, which this cannot see.
      if (svg && node.closest(".bars, .barlayer, .heatmaplayer, .hm")) continue;
      // So do the numbers of a heat map, which are the points of a text trace above its cells.
      const cells = svg && node.closest(".textpoint")?.closest(".main-svg");
      if (cells && cells.querySelector(".heatmaplayer .hm")) continue;
      const behind = ground(node);
      const colour = parse(svg ? style.fill : style.color);
      colour[3] *= opacity(node);
      const shades = [luminance(over(colour, behind)), luminance(behind)].sort((a, b) => a - b);
      const ratio = (shades[1] + 0.05) / (shades[0] + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) {
        const place = `${node.tagName}.${node.getAttribute("class") ?? ""}`;
        weak.set(place, `${place} "${text.slice(0, 40)}" ${ratio.toFixed(2)}`);
      }
    }
    return [...weak.values()];
  });
}

/** Pictures, drawings and charts that say nothing to who does not see them. */
export async function withoutAlternative(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const named = (node: Element) => {
      const by = node.getAttribute("aria-labelledby")?.split(/\s+/)
        .map((id) => document.getElementById(id)?.textContent ?? "").join("");
      return Boolean(
        (node.getAttribute("aria-label") ?? by ?? node.querySelector("title")?.textContent)?.trim(),
      );
    };
    const images = [...document.querySelectorAll("img")].filter((image) => !image.alt.trim());
    const drawings = [...document.querySelectorAll("svg")].filter((svg) =>
      !svg.closest(".plot, .katex, [aria-hidden=true]") &&
      svg.getAttribute("aria-hidden") !== "true" && !svg.closest('[role="img"][aria-label]') &&
      !named(svg)
    );
    const charts = [...document.querySelectorAll("figure.chart")].filter((figure) =>
      !named(figure.querySelector(".plot")!) ||
      !figure.querySelector(".twin pre")?.textContent?.trim()
    );
    return [...images, ...drawings, ...charts].map((node) => node.outerHTML.slice(0, 120));
  });
}

/** What is not as a page of its kind has to be: language, title, landmarks, ids, skip link. */
export async function structureFaults(page: Page): Promise<string[]> {
  const faults = await page.evaluate(() => {
    const faults: string[] = [];
    const expect = (fine: boolean, fault: string) => void (fine || faults.push(fault));
    expect(document.documentElement.lang === "en", "no language");
    expect(document.title.length > 3, "no title");
    for (const [selector, count] of [["h1", 1], ["main", 1], ["a.skip", 1]] as const) {
      expect(document.querySelectorAll(selector).length === count, `not ${count} of ${selector}`);
    }
    const ids = [...document.querySelectorAll("main [id]")].map(({ id }) => id);
    for (const id of ids) {
      expect(ids.indexOf(id) === ids.lastIndexOf(id), `two elements of the id ${id}`);
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
      const id = decodeURIComponent(link.hash.slice(1));
      expect(document.getElementById(id) !== null, `a link to #${id}, which is not there`);
    }
    if (document.body.classList.contains("chapter")) {
      for (const fact of ["profile", "backend", "seed", "took", "versions"]) {
        expect(document.querySelector(`.fact-${fact} dd`) !== null, `the facts lack ${fact}`);
      }
      const versions = document.querySelector(".fact-versions dd")?.textContent ?? "";
      expect(/\bpolytask \d/.test(versions), `the versions lack polytask: ${versions}`);
    }
    const charts = document.querySelectorAll("figure.chart").length;
    const libraries = document.querySelectorAll("#plotly-gzip-base64").length;
    expect(libraries === Math.min(1, charts), `${libraries} times Plotly for ${charts} charts`);
    return [...new Set(faults)];
  });
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement?.className);
  if (first !== "skip") faults.push("the first stop of the keyboard is not the skip link");
  return faults;
}

/** Links to other pages of the site, in order of appearance, without repeats. */
export async function siteLinks(page: Page, selector = "a"): Promise<string[]> {
  const links = await page.$$eval(
    selector,
    (anchors) => anchors.map((anchor) => anchor.getAttribute("href") ?? ""),
  );
  return [...new Set(links.filter((href) => !/^(#|https?:|mailto:)/.test(href)))];
}
