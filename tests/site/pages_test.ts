/**
 * Opens exported pages in a browser with the network off: first those of the fixture, then those of
 * the real site if it has been made.
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { exportSite } from "../../tools/site/mod.ts";
import { launchBrowser, openOffline, temporaryFolder, type WatchedPage } from "./_browser.ts";
import {
  chartsDrawn,
  chartsWithoutMarks,
  horizontalOverflow,
  rawFormulas,
  siteLinks,
  structureFaults,
  weakContrasts,
  withoutAlternative,
} from "./_page_checks.ts";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const realSite = fileURLToPath(new URL("../../site", import.meta.url));

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/** Opens a page, waits for its charts, does `work`, and sees that nothing was asked for or failed. */
async function inPage(
  browser: Browser,
  path: string,
  options: Parameters<typeof openOffline>[2],
  work: (opened: WatchedPage) => Promise<void>,
): Promise<void> {
  const opened = await openOffline(browser, pathToFileURL(path).href, options);
  try {
    await chartsDrawn(opened.page);
    await work(opened);
    assert.deepEqual(opened.requests, [], "requests left the page");
    assert.deepEqual(opened.errors, [], "errors in the console");
  } finally {
    await opened.close();
  }
}

/** All that holds for any page. */
async function checkPage(browser: Browser, path: string, t: Deno.TestContext): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await t.step(
      `on a desk, ${colorScheme}`,
      () =>
        inPage(browser, path, { viewport: DESKTOP, colorScheme }, async ({ page }) => {
          assert.deepEqual(await chartsWithoutMarks(page), []);
          assert.deepEqual(await rawFormulas(page), []);
          assert.deepEqual(await weakContrasts(page), []);
          assert.deepEqual(await withoutAlternative(page), []);
          assert.deepEqual(await horizontalOverflow(page), []);
          assert.deepEqual(await structureFaults(page), []);
        }),
    );
  }
  await t.step(
    "on a phone",
    () =>
      inPage(browser, path, { viewport: PHONE, isMobile: true }, async ({ page }) => {
        assert.deepEqual(await horizontalOverflow(page), []);
        assert.deepEqual(await chartsWithoutMarks(page), []);
        assert.deepEqual(await weakContrasts(page), []);
      }),
  );
}

/** The index lists the chapters; each links to the one before, the one after, and the index. */
async function checkLinks(browser: Browser, folder: string): Promise<void> {
  let chapters: string[] = [];
  await inPage(browser, join(folder, "index.html"), {}, async ({ page }) => {
    chapters = await siteLinks(page, ".chapters h3 a");
    const documents = await siteLinks(page, ".documents a");
    assert.deepEqual(await siteLinks(page), [...chapters, ...documents]);
    for (const document of documents) assert.ok(await isFile(join(folder, document)), document);
  });
  assert.ok(chapters.length > 0, "the index lists no chapter");
  for (const [i, chapter] of chapters.entries()) {
    await inPage(browser, join(folder, chapter), {}, async ({ page }) => {
      for (const place of [".steps", ".bar"]) {
        const to = (rel: string) => siteLinks(page, `${place} a[rel=${rel}]`);
        assert.deepEqual(await to("prev"), chapters.slice(Math.max(0, i - 1), i), chapter);
        assert.deepEqual(await to("next"), chapters.slice(i + 1, i + 2), chapter);
      }
      for (const link of await siteLinks(page)) {
        const [path] = decodeURI(link).split("#");
        assert.ok(await isFile(join(folder, path)), `${chapter} links to ${link}: not there`);
      }
    });
  }
}

async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    await work(browser);
  } finally {
    await browser.close();
  }
}

Deno.test("exported pages of the fixture, offline in a browser", async (t) => {
  const folder = await temporaryFolder("site-");
  try {
    const fixture = join(import.meta.dirname!, "fixture.ipynb");
    const copies = ["91_second.ipynb", "92_third.ipynb"].map((name) => join(folder, name));
    for (const copy of copies) await Deno.copyFile(fixture, copy);
    const { pages: [page], documents: guides, index } = await exportSite({
      executed: [fixture, ...copies],
      documents: ["model_architectures", "your_own_data", "backends"].map((name) =>
        join(import.meta.dirname!, `../../docs/${name}.md`)
      ),
      out: folder,
    });
    await withBrowser(async (browser) => {
      await t.step("chapter", (t) => checkPage(browser, page, t));
      await t.step("index", (t) => checkPage(browser, index, t));
      for (const guide of guides) {
        await t.step(basename(guide), (t) => checkPage(browser, guide, t));
      }
      await t.step("links", () => checkLinks(browser, folder));
      await t.step("contents of the fixture", () => checkFixture(browser, page));
      await t.step(
        "colours follow the reader while the page is open",
        () => checkColours(browser, page),
      );
      await t.step(
        "without scripts every chart can be read",
        () => checkWithoutScripts(browser, page),
      );
      await t.step("printed", () => checkPrinted(browser, page));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What the fixture holds, and how it has to come out. */
async function checkFixture(browser: Browser, path: string): Promise<void> {
  await inPage(browser, path, { viewport: DESKTOP }, async ({ page }) => {
    const count = (selector: string) => page.locator(selector).count();
    assert.equal(await count("figure.chart"), 3);
    assert.equal(await count(".katex"), 14);
    assert.equal(await page.locator("#scripted").textContent(), "a script in an output ran");
    const text = await page.locator("main").innerText();
    for (
      const part of [
        "It costs $0 and not $5 or $10.",
        "${name}$",
        '"note": "</script>"',
        "a warning with <tags> & ampersands",
        'Expected class of task "left"',
        "[1]:",
        "1 min 08 s",
      ]
    ) assert.ok(text.includes(part), `the page lacks ${part}`);
    assert.doesNotMatch(text, /not this one/);
    const widths = await page.$$eval(
      ".katex .base",
      (nodes) => nodes.map((node) => node.getBoundingClientRect().width),
    );
    assert.ok(widths.every((width) => width > 0), "a formula has no width");
    const fonts = await page.evaluate(() =>
      [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family)
    );
    for (const family of ["Source Serif 4", "Source Code Pro", "KaTeX_Main", "KaTeX_Math"]) {
      assert.ok(fonts.some((name) => name.includes(family)), `${family} was not loaded`);
    }
  });
}

async function checkColours(browser: Browser, path: string): Promise<void> {
  await inPage(browser, path, { colorScheme: "light" }, async ({ page }) => {
    const tick = () =>
      page.locator(".plot .xtick text").first().evaluate((node) => getComputedStyle(node).fill);
    const before = await tick();
    await page.emulateMedia({ colorScheme: "dark" });
    await page.waitForFunction(
      (before) => getComputedStyle(document.querySelector(".plot .xtick text")!).fill !== before,
      before,
    );
    assert.deepEqual(await weakContrasts(page), []);
  });
}

async function checkWithoutScripts(browser: Browser, path: string): Promise<void> {
  const opened = await openOffline(browser, pathToFileURL(path).href, { javaScriptEnabled: false });
  try {
    const twins = opened.page.locator("figure.chart .twin pre");
    assert.equal(await twins.count(), 3);
    for (const twin of await twins.all()) assert.ok(await twin.isVisible());
    assert.deepEqual(opened.requests, []);
  } finally {
    await opened.close();
  }
}

async function checkPrinted(browser: Browser, path: string): Promise<void> {
  await inPage(browser, path, { colorScheme: "dark" }, async ({ page }) => {
    await page.emulateMedia({ media: "print" });
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.body).color),
      "rgb(29, 33, 39)",
    );
    assert.equal(await page.locator(".steps").isVisible(), false);
    assert.ok((await page.pdf()).length > 10_000);
  });
}

Deno.test("the checks of a page find what is wrong with it", async () => {
  const faulty = `<!doctype html><html><body style="background:#fff"><main>
    <img src="http://127.0.0.1:9/picture.png"><svg width="5" height="5"></svg>
    <p style="color:#aaa">pale text and a raw $w_k$</p><a href="#nowhere">link</a>
    <div style="width:3000px">wide</div>
    <figure class="chart"><figcaption>empty</figcaption><div class="plot"></div></figure>
    <script>document.documentElement.dataset.charts = "drawn"; throw new Error("failed");</script>
    </main></body></html>`;
  const folder = await temporaryFolder("faulty-");
  try {
    const path = join(folder, "faulty.html");
    await Deno.writeTextFile(path, faulty);
    await withBrowser(async (browser) => {
      const { page, requests, errors, close } = await openOffline(
        browser,
        pathToFileURL(path).href,
        { viewport: PHONE },
      );
      await chartsDrawn(page);
      assert.deepEqual(requests, ["http://127.0.0.1:9/picture.png"]);
      assert.ok(errors.some((error) => error.includes("failed")));
      assert.deepEqual(await chartsWithoutMarks(page), ["empty: no marks"]);
      assert.equal((await rawFormulas(page)).length, 1);
      assert.equal((await weakContrasts(page)).length, 1);
      assert.equal((await withoutAlternative(page)).length, 3);
      assert.ok((await horizontalOverflow(page)).length > 0);
      assert.ok((await structureFaults(page)).length >= 4);
      await close();
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const real = await isFile(join(realSite, "index.html"));

Deno.test({
  name: "exported pages of the course, offline in a browser",
  // The site is made by the course task; a fresh checkout has none.
  ignore: !real,
  async fn(t) {
    const names = Array.from(Deno.readDirSync(realSite), ({ name }) => name)
      .filter((name) => name.endsWith(".html")).sort();
    await withBrowser(async (browser) => {
      for (const name of names) {
        await t.step(name, (t) => checkPage(browser, join(realSite, name), t));
      }
      await t.step("links", () => checkLinks(browser, realSite));
    });
  },
});
