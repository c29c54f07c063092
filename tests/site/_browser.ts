/**
 * The headless browser of the site tests, without a system package.
 *
 * In this order: the path in POLYTASK_CHROME, an installed Chrome or Chromium, the Chromium inside
 * the npm package `@sparticuz/chromium` (Linux x64), which is unpacked once into `.polytask/`.
 *
 * The permissions this needs are in `permissions.json`, for the following reasons:
 * - read: the checkout, the places where a browser may be installed, and what playwright looks for
 * - write: `.polytask/` (the unpacked browser, its profile, the exported pages)
 * - run: the browser, wherever it was found (Deno lets nobody unpack a program to a path that
 *   `--allow-run` names), and the Python that serves JupyterLab
 * - env and sys: playwright reads both while it is imported
 * No network: pages are files, and it is the browser that talks to JupyterLab on loopback.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const INSTALLED = [
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts the unpacked browser with the libraries and fonts of its package where the machine has
 * none of its own.
 */
const START = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
if ldd "$here/chromium" | grep -q "not found"; then
  export LD_LIBRARY_PATH="$here/al2023/lib"
fi
if [ ! -e /etc/fonts/fonts.conf ]; then export FONTCONFIG_PATH="$here/fonts"; fi
exec "$here/chromium" "$@"
`;

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Does `work` with the temporary folder of this process somewhere in `.polytask/`. */
async function withTemporaryFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", folder);
  try {
    return await work();
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
  }
}

/** A new folder in `.polytask/tmp`. The caller removes it. */
export async function temporaryFolder(prefix: string): Promise<string> {
  const dir = join(ROOT, ".polytask", "tmp");
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempDir({ dir, prefix });
}

/** Unpacks the browser of the npm package, whole or not at all, and gives its path. */
async function unpackedBrowser(): Promise<string> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error(
      "No Chrome or Chromium found: install one, or set POLYTASK_CHROME to its path " +
        "(the browser that comes with npm is for Linux x64 only).",
    );
  }
  const folder = join(ROOT, ".polytask", "chromium");
  const library = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));
  const { version } = JSON.parse(await Deno.readTextFile(join(library, "package.json")));
  const unpacked = await Deno.readTextFile(join(folder, "version")).catch(() => undefined);
  if (unpacked !== version) {
    const { inflate } = await import("@sparticuz/chromium");
    const unfinished = await temporaryFolder("chromium-");
    await withTemporaryFolder(unfinished, async () => {
      for (const archive of ["chromium.br", "fonts.tar.br", "al2023.tar.br"]) {
        await inflate(join(library, "bin", archive));
      }
    });
    await Deno.writeTextFile(join(unfinished, "start"), START, { mode: 0o755 });
    await Deno.writeTextFile(join(unfinished, "version"), version);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(unfinished, folder);
  }
  return join(folder, "start");
}

/** Finds a browser, or unpacks the one that came with npm. Throws with what to do if neither works. */
export async function findBrowser(): Promise<string> {
  const forced = Deno.env.get("POLYTASK_CHROME");
  if (forced) {
    if (!await exists(forced)) {
      throw new Error(`POLYTASK_CHROME points to ${forced}: no such file.`);
    }
    return forced;
  }
  for (const path of INSTALLED) if (await exists(path)) return path;
  return await unpackedBrowser();
}

/** Starts the browser with a fresh profile. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  const folder = join(ROOT, ".polytask", "tmp");
  await Deno.mkdir(folder, { recursive: true });
  return await withTemporaryFolder(
    folder,
    () => chromium.launch({ executablePath, args: FLAGS, chromiumSandbox: false }),
  );
}

/** One page, and everything it did that an offline page must not do. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses asked for, other than the page's own file, data: and blob:. */
  readonly requests: string[];
  /** Console errors and uncaught exceptions. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** Opens a page in a context of its own with the network off, and watches it. */
export async function openOffline(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ ...options, offline: true });
  const page = await context.newPage();
  const requests: string[] = [];
  const errors: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== url && !/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url, { waitUntil: "load" });
  return { page, requests, errors, close: () => context.close() };
}
