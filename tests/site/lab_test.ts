/**
 * Opens JupyterLab in a browser, runs chapter 00 with "Run All Cells" as a reader does, and looks at
 * its outputs.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { jupyterEnvironment, paths } from "../../tools/paths.ts";
import { launchBrowser, temporaryFolder } from "./_browser.ts";

const SERVER_START = 60_000;
const RUN = 240_000;

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** A JupyterLab on loopback for one folder. */
interface Lab extends AsyncDisposable {
  /** Address with a token, for `/lab/tree/…`. */
  address(notebook: string): string;
}

/** Serves `folder`; settings and workspaces of this Lab are its own, in `own`. */
async function startLab(folder: string, own: string): Promise<Lab> {
  const token = crypto.randomUUID();
  // All cells in the page, not only those near the window.
  const settings = join(own, "settings", "@jupyterlab", "notebook-extension");
  await Deno.mkdir(settings, { recursive: true });
  await Deno.writeTextFile(
    join(settings, "tracker.jupyterlab-settings"),
    JSON.stringify({ windowingMode: "none" }),
  );
  const server = new Deno.Command(paths.python, {
    args: [
      "-m",
      "jupyterlab",
      "--no-browser",
      "--allow-root",
      "--ServerApp.ip=127.0.0.1",
      "--ServerApp.port=0",
      `--IdentityProvider.token=${token}`,
      `--ServerApp.root_dir=${folder}`,
      "--LabApp.news_url=None",
      "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ],
    env: {
      ...jupyterEnvironment(),
      JUPYTERLAB_SETTINGS_DIR: join(own, "settings"),
      JUPYTERLAB_WORKSPACES_DIR: join(own, "workspaces"),
    },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const started = Promise.withResolvers<string>();
  const reading = (async () => {
    for await (const text of server.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      const origin = log.match(/http:\/\/127\.0\.0\.1:\d+(?=\/lab)/)?.[0];
      if (origin) started.resolve(origin);
    }
    started.reject(new Error(`JupyterLab ended before it was ready:\n${log}`));
  })();
  const timer = setTimeout(
    () => started.reject(new Error(`JupyterLab was not ready in time:\n${log}`)),
    SERVER_START,
  );
  const stop = async () => {
    clearTimeout(timer);
    server.kill("SIGTERM");
    const hard = setTimeout(() => server.kill("SIGKILL"), 10_000);
    await Promise.all([reading, server.status]);
    clearTimeout(hard);
  };
  try {
    const origin = await started.promise;
    clearTimeout(timer);
    return {
      address: (notebook) => `${origin}/lab/tree/${encodeURIComponent(notebook)}?token=${token}`,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Clicks "Run All Cells" in the menu. */
async function runAll(page: Page): Promise<void> {
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 60_000 });
  // Before the kernel is there Lab would ask which one to use.
  await page.locator("#jp-main-statusbar", { hasText: /\| Idle/ }).waitFor({ timeout: 60_000 });
  await page.locator(".lm-MenuBar-item", { hasText: "Run" }).click();
  await page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
}

/** Waits until every cell has run or one has failed, and gives what the failed ones say. */
async function failures(page: Page): Promise<string[]> {
  const failure = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]';
  await page.waitForFunction(
    (failure) => {
      const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
      return document.querySelector(failure) !== null ||
        prompts.every((prompt) => /\[\d+\]/.test(prompt.textContent!));
    },
    failure,
    { timeout: RUN },
  );
  return await page.locator(failure).allInnerTexts();
}

/** Visible things of a kind in all outputs, also in those that are scrolled out of view. */
async function seenInOutputs(page: Page, selector: string): Promise<number> {
  return await page.evaluate(
    (selector) =>
      [...document.querySelectorAll(`.jp-OutputArea-output ${selector}`)].filter((node) => {
        const { width, height } = node.getBoundingClientRect();
        return width > 100 && height > 4;
      }).length,
    selector,
  );
}

const setUp = await exists(paths.python);
if (!setUp) {
  console.log("JupyterLab is not set up: `deno task setup` makes what the test of it needs.");
}

Deno.test({
  name: "JupyterLab runs chapter 00 with all its cells and shows charts and progress",
  ignore: !setUp,
  async fn() {
    const chapter = join(paths.notebooks, "00_start_here.ipynb");
    // Inside the checkout, so that the kernel finds deno.json; a copy, because Lab saves outputs.
    const folder = await temporaryFolder("lab-");
    const notebook = join(folder, "notebook.ipynb");
    const { cells, ...rest } = JSON.parse(await Deno.readTextFile(chapter));
    for (const cell of cells) {
      if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
    }
    await Deno.writeTextFile(notebook, JSON.stringify({ ...rest, cells }));
    try {
      await using lab = await startLab(folder, join(folder, ".lab"));
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
        await page.goto(lab.address("notebook.ipynb"));
        await runAll(page);
        assert.deepEqual(await failures(page), []);
        // Plotly where Lab has its extension, the drawing in the text/html of a chart otherwise.
        const charts = await seenInOutputs(page, ".plot-container.plotly .main-svg") +
          await seenInOutputs(page, ".pt-figure svg");
        assert.ok(charts >= 2, `${charts} charts in the outputs: training and comparison expected`);
        const bars = await seenInOutputs(page, '[role="progressbar"]');
        assert.ok(bars > 0, "no progress bar");
        const unfinished = await page.$$eval(
          '.jp-OutputArea-output [role="progressbar"]',
          (bars) => bars.filter((bar) => bar.ariaValueNow !== bar.ariaValueMax).length,
        );
        assert.equal(unfinished, 0, "progress bars that stopped half-way");
      } finally {
        await browser.close();
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
