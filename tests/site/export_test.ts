import assert from "node:assert/strict";
import { join } from "node:path";
import { exportSite } from "../../tools/site/mod.ts";
import { highlight } from "../../tools/site/highlight.ts";
import { type Heading, renderMarkdown, type TextContext } from "../../tools/site/markdown.ts";
import { type Cell, type Output, readChapter } from "../../tools/site/notebook.ts";
import { mergeStreams, renderOutput, renderTerminal } from "../../tools/site/outputs.ts";
import { temporaryFolder } from "./_browser.ts";

function page(overrides: Partial<TextContext> = {}): TextContext {
  const headings: Heading[] = [];
  return { headings, pages: new Map(), folder: ".", ...overrides };
}

/** The text that a reader of the HTML sees. */
function visible(html: string): string {
  return html.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

async function withNotebook(
  notebook: unknown,
  work: (path: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder("export-");
  const path = join(folder, "07_some_chapter.ipynb");
  try {
    await Deno.writeTextFile(path, JSON.stringify(notebook));
    await work(path, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function notebookOf(...cells: Partial<Cell>[]) {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

Deno.test("formulas are rendered, prices and code spans are left alone", () => {
  const formulas = (source: string) =>
    renderMarkdown(source, page()).match(/class="katex"/g)?.length ?? 0;
  for (
    const [source, expected] of [
      ["The weight $w_k$ of $K$ tasks.", 2],
      ["It costs $5 and then $10.", 0],
      ["From $5-$10 a month.", 0],
      ["An escaped \\$x$ stays.", 0],
      ["A lone $ sign, and `$a$` in code.", 0],
      ["Emphasis: $a_i$ and *b* and $c_j$.", 2],
      ["A price of `$5` and a `$`.", 0],
      ["$$\n\\sum_k w_k\n$$", 1],
      ["$$\\sum_k w_k$$", 1],
      ["Text before\n$$\nx\n$$\nand after", 1],
      ["- item $x$\n\n  $$\n  y\n  $$", 2],
      ["\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}", 1],
      ["$$ unfinished", 0],
      ["| a | b |\n|--|--|\n| $x$ | $y$ |", 2],
      ["```ts\nconst price = `$${x}$`;\n```", 0],
    ] as const
  ) assert.equal(formulas(source), expected, source);
  assert.match(renderMarkdown("$a_i$ *b* $c_j$", page()), /<em>b<\/em>/);
});

Deno.test("a formula that is not valid is an error that names it", () => {
  assert.throws(() => renderMarkdown("Here: $\\frac{1$", page()), /formula \\frac\{1 cannot/);
});

Deno.test("highlighting covers all of the code and changes none of it", async () => {
  const fixture = await readChapter(join(import.meta.dirname!, "fixture.ipynb"));
  const sources = fixture.cells.filter((cell) => cell.cell_type === "code")
    .map((cell) => [cell.source].flat().join(""));
  sources.push(
    "const f = (a: number): number => a;\nconst g = 1; // last",
    "let unfinished = `${",
    "",
  );
  for (const source of sources) assert.equal(visible(highlight(source, "typescript")), source);
  const lines = highlight("const f = (a: number) => a + 1;\nconst g = 2;", "ts").split("\n");
  for (const line of lines) {
    assert.match(line, /<span class="t-keyword">const<\/span>/);
    assert.match(line, /<span class="t-number">\d<\/span>;$/);
  }
  assert.match(lines[0], /<span class="t-type">number<\/span>/);
  assert.equal(highlight("<b> & c", "unknown"), "&lt;b&gt; &amp; c");
});

Deno.test("links lead to pages of the site; others lose their address and keep their text", () => {
  const pages = new Map([["02_b.ipynb", "02_b.html"]]);
  const html = renderMarkdown(
    "[two](02_b.ipynb#idea) [three](../notebooks/03_c.ipynb) [paper](https://arxiv.org/abs/1) [here](#x)",
    page({ pages }),
  );
  assert.match(html, /<a href="02_b.html#idea">two<\/a>/);
  assert.match(html, /<span class="elsewhere">three<\/span>/);
  assert.match(html, /<a href="https:\/\/arxiv.org\/abs\/1">paper<\/a>/);
  assert.match(html, /<a href="#x">here<\/a>/);
});

Deno.test("headings get ids that differ, also with formulas and links in them", () => {
  const context = page({ pages: new Map([["02_b.ipynb", "02_b.html"]]) });
  const html = renderMarkdown("## The idea\n\n## The idea\n\n### [Two](02_b.ipynb) $w_k$", context);
  assert.deepEqual(context.headings.map(({ id }) => id), [
    "the-idea",
    "the-idea-2",
    "two-wk",
  ]);
  assert.match(html, /<h2 id="the-idea-2">/);
  assert.match(html, /<a href="02_b.html">Two<\/a>/);
});

Deno.test("pictures are inlined with their alt text; those on other machines are refused", () => {
  const attachments = { "a b.png": { "image/png": "AAAA" } };
  assert.match(
    renderMarkdown("![a trunk & heads](attachment:a%20b.png)", page({ attachments })),
    /<img src="data:image\/png;base64,AAAA" alt="a trunk &amp; heads">/,
  );
  assert.throws(
    () => renderMarkdown("![x](https://example.org/x.png)", page()),
    /https:\/\/example.org\/x.png is not a local picture/,
  );
});

Deno.test("outputs: text is escaped, the richest form is taken, scripts cannot be broken out of", () => {
  const render = (data: Record<string, unknown>, metadata = {}) =>
    renderOutput({ output_type: "display_data", data, metadata }, page());
  assert.equal(render({ "text/plain": "<b> & c" }), '<pre class="text">&lt;b&gt; &amp; c</pre>');
  assert.match(render({ "text/plain": "x", "text/html": "<b>x</b>" }), /<b>x<\/b>/);
  assert.match(render({ "text/html": ["<b>", "x</b>"] }), /<b>x<\/b>/);
  assert.match(render({ "application/json": { a: "</pre>" } }), /&lt;\/pre&gt;/);
  const picture = render({ "image/png": "AA\nAA", "text/plain": 'a "red" square' });
  assert.match(picture, /src="data:image\/png;base64,AAAA" alt="a &quot;red&quot; square"/);
  const chart = render({
    "application/vnd.plotly.v1+json": { data: [{ name: "</script>" }], layout: { title: "T" } },
    "text/html": "<p>drawing</p>",
    "text/plain": "words & numbers",
  });
  assert.match(chart, /<figcaption>T<\/figcaption>/);
  assert.match(chart, /words &amp; numbers/);
  assert.match(chart, /<noscript><p>drawing<\/p><\/noscript>/);
  assert.equal(chart.match(/<\/script>/g)?.length, 1);
  assert.equal(render({ "application/x-unknown": 1 }), "");
});

Deno.test("streams keep their colours, carriage returns overwrite, neighbours are joined", () => {
  assert.equal(
    renderTerminal("\u001b[31mred\u001b[0m <tag>\n"),
    '<span class="ansi-red-fg">red</span> &lt;tag&gt;',
  );
  assert.equal(renderTerminal("10 %\r50 %\r100 %\nnext\r\n"), "100 %\nnext");
  const stream = (name: string, text: string): Output => ({ output_type: "stream", name, text });
  const merged = mergeStreams([
    stream("stdout", "a"),
    stream("stdout", "b"),
    stream("stderr", "c"),
    stream("stdout", "d"),
  ]);
  assert.deepEqual(merged.map((output) => output.output_type === "stream" && output.text), [
    "ab",
    "c",
    "d",
  ]);
});

Deno.test("the first cell gives title, subtitle, goals and needs", async () => {
  const source = "# 07 · Some chapter\n\n*What it is about.*\n\n" +
    "**What you will learn.** To share.\n**What you need.** Chapter 06.\n\n## The idea";
  await withNotebook(notebookOf({ cell_type: "markdown", source }), async (path) => {
    const chapter = await readChapter(path);
    assert.equal(chapter.number, "07");
    assert.equal(chapter.title, "Some chapter");
    assert.equal(chapter.subtitle, "What it is about.");
    assert.equal(chapter.goals, "To share.");
    assert.equal(chapter.needs, "Chapter 06.");
    assert.doesNotMatch([chapter.cells[0].source].flat().join(""), /# 07|What it is about/);
  });
});

Deno.test("what cannot be exported is named, and nothing is written", async () => {
  const broken = notebookOf(
    { cell_type: "markdown", source: "# 07 Title" },
    { cell_type: "markdown", source: "$\\nosuchcommand{$" },
  );
  await withNotebook(broken, async (path, folder) => {
    const out = join(folder, "site");
    await assert.rejects(exportSite({ executed: [path], out }), /07_some_chapter.ipynb, cell 2: /);
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  });
  await withNotebook("no notebook", async (path, folder) => {
    await assert.rejects(
      exportSite({ executed: [path], out: folder }),
      /07_some_chapter.ipynb is not a notebook of format 4/,
    );
  });
});

Deno.test("pages load nothing from elsewhere and leave no unfinished files", async () => {
  const folder = await temporaryFolder("export-");
  try {
    const executed = [join(import.meta.dirname!, "fixture.ipynb")];
    const { pages, index } = await exportSite({ executed, out: folder });
    assert.deepEqual(pages, [join(folder, "fixture.html")]);
    assert.equal(index, join(folder, "index.html"));
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
    assert.deepEqual(names, ["fixture.html", "index.html"]);
    for (const path of [...pages, index]) {
      const html = await Deno.readTextFile(path);
      assert.doesNotMatch(html, /(?:src|<link[^>]*href)="(?!data:)[^"#]/);
      assert.doesNotMatch(html, /url\((?!data:|["']?data:|#)/);
      assert.doesNotMatch(html, /@import|\bimport\s*\(/);
      // Plotly is a million letters long: once where there are charts, however many.
      const charts = html.match(/<figure class="chart"/g)?.length ?? 0;
      const [, library] = /id="plotly-gzip-base64">([^<]*)</.exec(html) ?? [];
      assert.equal(charts > 1, path !== index);
      assert.equal(library !== undefined, charts > 0);
      const part = library?.slice(100_000, 100_200) ?? "<nothing>";
      assert.equal(html.split(part).length - 1, Math.min(1, charts), path);
      assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the index tells chapters that have not run, are out of date or are not written", async () => {
  const folder = await temporaryFolder("export-");
  const chapter = async (name: string, title: string) => {
    const path = join(folder, `${name}.ipynb`);
    const cell = { cell_type: "markdown" as const, source: `# ${title}` };
    await Deno.writeTextFile(path, JSON.stringify(notebookOf(cell)));
    return path;
  };
  const textOf = (html: string) => visible(html.replace(/<br>/g, " ")).replace(/\s+/g, " ");
  try {
    const [current, old, waiting] = [
      await chapter("00_start_here", "Start here"),
      await chapter("02_hard_parameter_sharing", "Hard parameter sharing"),
      await chapter("04_linear", "Linear & regularised"),
    ];
    const out = join(folder, "site");
    const { pages, index } = await exportSite({
      executed: [current, old],
      outdated: [old],
      notRun: [waiting],
      out,
    });
    assert.equal(pages.length, 2);
    const html = await Deno.readTextFile(index);
    const section = (id: string) =>
      textOf(new RegExp(`aria-labelledby="${id}"[^]*?</section>`).exec(html)?.[0] ?? "");
    assert.match(section("not-run"), /04 Linear & regularised deno task course 04 runs it/);
    assert.doesNotMatch(section("to-come"), /Start here|Linear|Regularised/);
    assert.match(section("to-come"), /01 One task or many/);
    assert.match(section("chapters"), /Hard parameter sharing OutdatedSomething has changed/);
    assert.equal(section("chapters").match(/Outdated/g)?.length, 1);
    assert.doesNotMatch(await Deno.readTextFile(pages[0]), /Outdated/);
    assert.match(textOf(await Deno.readTextFile(pages[1])), /deno task course 02 runs it again/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a document gets a page, and the index links to it", async () => {
  const folder = await temporaryFolder("export-");
  try {
    const source = join(folder, "some_guide.md");
    const text = "# A guide & more\n\nSee [the chapter](../notebooks/fixture.ipynb).\n\n" +
      "## One\n\n```ts\nconst one = 1;\n```\n\n## Two\n";
    await Deno.writeTextFile(source, text);
    const out = join(folder, "site");
    const executed = [join(import.meta.dirname!, "fixture.ipynb")];
    const { documents: [page], index } = await exportSite({ executed, documents: [source], out });
    assert.equal(page, join(out, "some_guide.html"));
    const html = await Deno.readTextFile(page);
    assert.match(html, /<h1>A guide &amp; more<\/h1>/);
    assert.match(html, /<a href="fixture.html">the chapter<\/a>/);
    assert.match(html, /<a href="#two">Two<\/a>/);
    assert.match(
      await Deno.readTextFile(index),
      /<section class="documents".*<a href="some_guide.html">A guide &amp; more<\/a>/,
    );
    await Deno.writeTextFile(source, "no title");
    await assert.rejects(
      exportSite({ executed, documents: [source], out }),
      /some_guide.md must begin with a line "# Title"/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
