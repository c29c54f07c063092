/**
 * The headless browser of the site tests, without a system package.
 *
 * In this order: the path in POLYTASK_CHROME, an installed Chrome or Chromium, the Chromium inside
 * the npm package `@sparticuz/chromium` (Linux x64), which is unpacked once into `.polytask/`.
 *
 * The permissions this needs are listed in `permissions.json`, for the following reasons:
 * - read: the checkout, the places where a browser may be installed, and the browser's profile
 * - write: `.polytask/` (the unpacked browser) and the temporary folder (profile, exported pages)
 * - run: starting the browser, whose path is only known once it is found
 * - env and sys: playwright reads both while it is imported
 * - net on loopback: the test that talks to JupyterLab
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

/** Where a browser lies and what its process needs to start. */
export interface BrowserProgram {
  readonly path: string;
  readonly env: Record<string, string>;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Unpacks the browser of the npm package, whole or not at all, and gives its program. */
async function unpackedBrowser(): Promise<BrowserProgram> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") {
    throw new Error(
      "No Chrome or Chromium found: install one, or set POLYTASK_CHROME to its path " +
        "(the browser that comes with npm is for Linux x64 only).",
    );
  }
  const build = dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium"));
  const version = JSON.parse(await Deno.readTextFile(join(build, "../package.json"))).version;
  const folder = join(ROOT, ".polytask", `chromium-${version}`);
  if (!await exists(folder)) {
    const { inflate } = await import("@sparticuz/chromium");
    await Deno.mkdir(join(ROOT, ".polytask"), { recursive: true });
    const unfinished = await Deno.makeTempDir({
      dir: join(ROOT, ".polytask"),
      prefix: "chromium-",
    });
    const before = Deno.env.get("TMPDIR");
    Deno.env.set("TMPDIR", unfinished); // the package unpacks into the temporary folder
    try {
      for (const archive of ["chromium.br", "fonts.tar.br", "al2023.tar.br"]) {
        await inflate(join(build, "../bin", archive));
      }
      await Deno.rename(unfinished, folder).catch(async (error) => {
        if (!await exists(folder)) throw error; // another process was faster
        await Deno.remove(unfinished, { recursive: true });
      });
    } finally {
      if (before === undefined) Deno.env.delete("TMPDIR");
      else Deno.env.set("TMPDIR", before);
    }
  }
  return { path: join(folder, "chromium"), env: await missingParts(folder) };
}

/** Libraries and fonts of the package, used where the machine has none of its own. */
async function missingParts(folder: string): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const libraries = await new Deno.Command("ldd", { args: [join(folder, "chromium")] }).output();
  if (new TextDecoder().decode(libraries.stdout).includes("not found")) {
    env.LD_LIBRARY_PATH = join(folder, "al2023", "lib");
  }
  if (!await exists("/etc/fonts/fonts.conf")) env.FONTCONFIG_PATH = join(folder, "fonts");
  return env;
}

/** Finds a browser, or unpacks the one that came with npm. Throws with what to do if neither works. */
export async function findBrowser(): Promise<BrowserProgram> {
  const forced = Deno.env.get("POLYTASK_CHROME");
  if (forced !== undefined && forced !== "") {
    if (!await exists(forced)) {
      throw new Error(`POLYTASK_CHROME points to ${forced}: no such file.`);
    }
    return { path: forced, env: {} };
  }
  for (const path of INSTALLED) if (await exists(path)) return { path, env: {} };
  return await unpackedBrowser();
}

/** Starts the browser with a fresh profile. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const program = await findBrowser();
  return await chromium.launch({
    executablePath: program.path,
    args: FLAGS,
    env: { ...Deno.env.toObject(), ...program.env },
    chromiumSandbox: false,
  });
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
